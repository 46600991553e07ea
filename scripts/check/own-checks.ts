import { bannedCode } from './code/banned-code.ts';
import { functionLength } from './code/function-length.ts';
import { tenantRepositories } from './code/tenant-repositories.ts';
import { typeAssertions } from './code/type-assertions.ts';
import { consoleLayers } from './imports/console-layers.ts';
import { importBoundaries } from './imports/import-boundaries.ts';
import { importCycles } from './imports/import-cycles.ts';
import { moduleOrder } from './imports/module-order.ts';
import { fileNames } from './project/file-names.ts';
import { fileSize } from './project/file-size.ts';
import { forbiddenWords } from './project/forbidden-words.ts';
import { lockfile } from './project/lockfile.ts';
import type { Check, Problem, Project } from './source/project.ts';
import { readProject } from './source/read-project.ts';
import type { StepResult } from './step-result.ts';

const checks: readonly Check[] = [
  importBoundaries,
  moduleOrder,
  consoleLayers,
  importCycles,
  bannedCode,
  functionLength,
  typeAssertions,
  tenantRepositories,
  fileSize,
  fileNames,
  lockfile,
  forbiddenWords,
];

const WARNINGS_SHOWN_MAX = 5;

/** The project's own rules, over one reading of all files. */
export function runOwnChecks(root: string): StepResult[] {
  const project = readProject(root);
  return checks.map((check) => runCheckOn(check, project));
}

export function runCheckOn(check: Check, project: Project): StepResult {
  const startedAt = performance.now();
  const count = check.countSubjects(project);
  const problems = check.run(project);
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const shownWarnings = warnings.slice(0, WARNINGS_SHOWN_MAX);
  const hidden = warnings.length - shownWarnings.length;
  const nothing = count === 0 ? ['Found nothing to look at: the check or the folder layout is broken.'] : [];
  return {
    name: check.name,
    passed: errors.length === 0 && count > 0,
    seconds: (performance.now() - startedAt) / 1000,
    summary: `${count} files${warnings.length > 0 ? `, ${warnings.length} warnings` : ''}`,
    output: [
      ...nothing,
      ...errors.map(lineOf),
      ...shownWarnings.map((problem) => `warning: ${lineOf(problem)}`),
      ...(hidden > 0 ? [`warning: … and ${hidden} more`] : []),
    ].join('\n'),
  };
}

function lineOf({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}  ${message}`;
}
