import ts from 'typescript';
import type { ParsedSource } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

const repository = /^packages\/db\/src\/repositories\/([a-z-]+)\.repository\.ts$/;
/** Tables without a tenant, or read by staff and workers across tenants; their roles are restricted instead. */
const acrossTenants =
  /^(platform-|worker-|staff-)|^(catalog|plan-version|meter|catalog-object|inbound-event|user)$/;
/** A new row is handed over whole and carries its organization. */
const takesWholeEntity = /^(insert|add|save)/;

/** Whoever calls a repository says for which organization; row level security only catches what slips through. */
export const tenantRepositories: Check = {
  name: 'repositories take organizationId first',
  countSubjects: (project) => project.sources.filter(({ path }) => repository.test(path)).length,
  run: (project) => project.sources.flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  const name = repository.exec(source.path)?.[1];
  if (name === undefined || acrossTenants.test(name)) return [];
  return source.tree.statements
    .flatMap(methodsOf)
    .filter((method) => !takesWholeEntity.test(method.name.getText()) && !startsWithOrganization(method))
    .map((method) => ({
      file: source.path,
      line: source.lineOf(method),
      message: `${method.name.getText()} must take organizationId as its first argument.`,
    }));
}

type Method = ts.MethodDeclaration | ts.PropertyAssignment;

/** A repository is a class, or an exported `create…` function that returns an object of methods. */
function methodsOf(statement: ts.Statement): Method[] {
  if (ts.isClassDeclaration(statement)) {
    return statement.members.filter((member) => ts.isMethodDeclaration(member)).filter(isPublic);
  }
  if (!ts.isFunctionDeclaration(statement) || !statement.name?.text.startsWith('create')) return [];
  const returned = statement.body?.statements.find((inner) => ts.isReturnStatement(inner))?.expression;
  if (returned === undefined || !ts.isObjectLiteralExpression(returned)) return [];
  return returned.properties.filter((property) => ts.isMethodDeclaration(property) || hasFunction(property));
}

function hasFunction(property: ts.ObjectLiteralElementLike): property is ts.PropertyAssignment {
  return ts.isPropertyAssignment(property) && ts.isFunctionLike(property.initializer);
}

function isPublic(method: ts.MethodDeclaration): boolean {
  if (ts.isPrivateIdentifier(method.name)) return false;
  return !method.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

function startsWithOrganization(method: Method): boolean {
  const callable = ts.isPropertyAssignment(method) ? method.initializer : method;
  if (!ts.isFunctionLike(callable)) return true;
  return callable.parameters[0]?.name.getText() === 'organizationId';
}
