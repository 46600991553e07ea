import type { Check, Problem, Project } from '../source/project.ts';

/** Files that load each other in a circle; imports of types are erased and do not count. */
export const importCycles: Check = {
  name: 'import cycles',
  countSubjects: (project) => project.sources.length,
  run: findCycles,
};

function findCycles(project: Project): Problem[] {
  const finished = new Set<string>();
  const problems: Problem[] = [];
  for (const { path } of project.sources) visit(path, [], { project, finished, problems });
  return problems;
}

interface Search {
  project: Project;
  finished: Set<string>;
  problems: Problem[];
}

function visit(path: string, trail: readonly string[], search: Search): void {
  const seenAt = trail.indexOf(path);
  if (seenAt >= 0) {
    const circle = [...trail.slice(seenAt), path];
    search.problems.push({ file: path, message: `Import cycle: ${circle.join(' → ')}` });
    return;
  }
  if (search.finished.has(path)) return;
  const statements = search.project.source(path)?.imports ?? [];
  for (const { target, isTypeOnly } of statements) {
    if (target !== null && !isTypeOnly) visit(target, [...trail, path], search);
  }
  search.finished.add(path);
}
