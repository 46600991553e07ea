import type { ImportStatement, ParsedSource } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';
import {
  quarantinedPackages,
  type WorkspaceRule,
  workspaceNamed,
  workspaceOf,
  workspaceRules,
} from './workspaces.ts';

/** Which workspace may import which, and where foreign SDKs are locked in. */
export const importBoundaries: Check = {
  name: 'import boundaries between packages',
  countSubjects: (project) => project.sources.filter(({ path }) => workspaceOf(path) !== null).length,
  run: (project) => project.sources.flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  const workspace = workspaceOf(source.path);
  if (workspace === null) return [];
  const rule = workspaceRules[workspace];
  if (rule === undefined) {
    return [{ file: source.path, message: `The workspace "${workspace}" has no import rule yet. Add one.` }];
  }
  return source.imports.flatMap((statement) => {
    const message = refusalOf(statement, source, workspace, rule);
    return message === null ? [] : [{ file: source.path, line: statement.line, message }];
  });
}

// biome-ignore lint/complexity/useMaxParams: four facts about one import; a record would only rename them.
function refusalOf(
  statement: ImportStatement,
  source: ParsedSource,
  workspace: string,
  rule: WorkspaceRule,
): string | null {
  const { specifier, target } = statement;
  if (target !== null) {
    return workspaceOf(target) === workspace
      ? nodeFolderRefusal(target, source, rule)
      : `"${specifier}" leaves the package. Import it by its package name.`;
  }
  const named = workspaceNamed(specifier);
  if (named !== null) return workspaceRefusal({ statement, source, workspace, rule, named });
  return packageRefusal(specifier, source, workspace) ?? allowListRefusal(specifier, source, rule);
}

interface WorkspaceImport {
  statement: ImportStatement;
  source: ParsedSource;
  workspace: string;
  rule: WorkspaceRule;
  named: string;
}

function workspaceRefusal({ statement, source, workspace, rule, named }: WorkspaceImport): string | null {
  if (named === workspace || rule.imports.includes(named)) return null;
  if (statement.isTypeOnly && rule.importsTypes?.includes(named)) return null;
  if (source.isTest && rule.importsInTests?.includes(named)) return null;
  if (rule.importsTypes?.includes(named))
    return `${workspace} may import only types from ${named} ("import type").`;
  if (rule.importsInTests?.includes(named)) return `${workspace} may import ${named} only in tests.`;
  return `${workspace} may not import ${named}.`;
}

function packageRefusal(specifier: string, source: ParsedSource, workspace: string): string | null {
  for (const { name, what, home, inTestsOf } of quarantinedPackages) {
    if (!name.test(specifier) || home.includes(workspace)) continue;
    if (inTestsOf.includes(workspace) && (source.isTest || workspace === 'e2e' || workspace === 'bench'))
      continue;
    return `${what} may be imported only in ${home.map((one) => `packages/${one}`).join(', ')}.`;
  }
  return null;
}

function nodeFolderRefusal(
  target: string,
  source: ParsedSource,
  { nodeFolder }: WorkspaceRule,
): string | null {
  if (nodeFolder === undefined || source.isTest || !target.startsWith(nodeFolder)) return null;
  return source.path.startsWith(nodeFolder) ? null : `${nodeFolder} needs Node: import it only from within.`;
}

function allowListRefusal(specifier: string, source: ParsedSource, rule: WorkspaceRule): string | null {
  if (rule.packages === undefined || source.isTest) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (rule.packages.includes(name)) return null;
  const isForNode = rule.nodeFolder !== undefined && source.path.startsWith(rule.nodeFolder);
  if (isForNode && specifier.startsWith('node:')) return null;
  return `"${specifier}" is not allowed here: this package imports only ${rule.packages.join(', ') || 'its own files'}.`;
}
