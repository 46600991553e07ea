import type { Check, Problem } from '../source/project.ts';

/** A function without a home is a missing concept: name the concept, then the file. */
const drawers = /(^|\/)(utils?|helpers?|common|misc|lib|types)(\/|\.tsx?$)/;
const suffixes = new Set([
  ...['test', 'itest', 'contract', 'e2e', 'ports', 'schemas', 'errors', 'repository', 'mapping', 'router'],
  ...['route', 'routes', 'job', 'config', 'd'],
]);
const code = /^(packages|apps|catalogs|e2e|bench|scripts)\/.*\.(tsx?|mjs)$/;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** React components are named as they are written. */
const componentCase = /^[A-Z][A-Za-z0-9]*$/;

/** Files are nouns in kebab-case with a suffix from a closed set; components are in PascalCase. */
export const fileNames: Check = {
  name: 'file names',
  countSubjects: (project) => project.files.filter(({ path }) => code.test(path)).length,
  run: (project) =>
    project.files.flatMap(({ path }): Problem[] => {
      const message = code.test(path) ? refusalOf(path) : null;
      return message === null ? [] : [{ file: path, message }];
    }),
};

function refusalOf(path: string): string | null {
  if (drawers.test(path))
    return 'A drawer without a name (utils, helpers, common, misc, lib, types): name the concept.';
  const [name = '', ...middle] = path
    .slice(path.lastIndexOf('/') + 1)
    .split('.')
    .slice(0, -1);
  const unknown = middle.find((suffix) => !suffixes.has(suffix));
  if (unknown !== undefined)
    return `".${unknown}" is no known suffix. There are: ${[...suffixes].join(' ')}.`;
  if (kebabCase.test(name)) return null;
  if (path.startsWith('apps/console/') && componentCase.test(name)) return null;
  return `"${name}" is not in kebab-case${path.endsWith('.tsx') ? ' or PascalCase' : ''}.`;
}
