import ts from 'typescript';
import type { ParsedSource } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

const repository = /^packages\/db\/src\/repositories\/([a-z-]+)\.repository\.ts$/;
/** Tables without a tenant, or read by staff and workers across tenants; their roles are restricted instead. */
const acrossTenants = /^(platform-|worker-|staff-)|^(plan-version|meter|catalog-object|inbound-event|user)$/;

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
    .filter((statement): statement is ts.ClassDeclaration => ts.isClassDeclaration(statement))
    .flatMap((declaration) => declaration.members)
    .filter((member): member is ts.MethodDeclaration => ts.isMethodDeclaration(member) && isPublic(member))
    .filter((method) => !startsWithOrganization(method))
    .map((method) => ({
      file: source.path,
      line: source.lineOf(method),
      message: `${method.name.getText()} must take organizationId as its first argument.`,
    }));
}

function isPublic(method: ts.MethodDeclaration): boolean {
  if (ts.isPrivateIdentifier(method.name)) return false;
  return !method.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

/** Either the id itself or an object that carries it, such as a whole invoice. */
function startsWithOrganization(method: ts.MethodDeclaration): boolean {
  const first = method.parameters[0];
  return first !== undefined && first.name.getText() === 'organizationId';
}
