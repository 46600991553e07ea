import type { ParsedSource } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';
import { coreModuleOrder } from './workspaces.ts';

const coreModule = /^packages\/core\/src\/([^/]+)\//;

/** Inside core a module imports only from its left; the other way round goes through a port or an event. */
export const moduleOrder: Check = {
  name: 'module order inside core',
  countSubjects: (project) => project.sources.filter(({ path }) => coreModule.test(path)).length,
  run: (project) => project.sources.flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  const own = coreModule.exec(source.path)?.[1];
  if (own === undefined || source.isTest) return [];
  const ownPosition = coreModuleOrder.indexOf(own);
  if (ownPosition < 0)
    return [{ file: source.path, message: `Module "${own}" has no place in the order of modules.` }];
  return source.imports.flatMap(({ target, line }) => {
    const other = coreModule.exec(target ?? '')?.[1];
    if (other === undefined || coreModuleOrder.indexOf(other) <= ownPosition) return [];
    return [
      { file: source.path, line, message: `${own} may not import ${other}: ${coreModuleOrder.join(' → ')}.` },
    ];
  });
}
