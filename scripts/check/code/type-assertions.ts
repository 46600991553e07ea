import ts from 'typescript';
import { type ParsedSource, walk } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

const watched = /^(packages|apps)\/[^/]+\/src\//;
/** Where foreign shapes become ours and brands are given. */
const mapping = /(\.mapping|\/ids|\/translate\/[^/]+|env)\.tsx?$/;

/** `as` silences the compiler where it is needed most. `as const` and `satisfies` are fine. */
export const typeAssertions: Check = {
  name: 'type assertions outside mapping',
  countSubjects: (project) => project.sources.filter(({ path }) => watched.test(path)).length,
  run: (project) =>
    project.sources.filter(({ path }) => watched.test(path) && !mapping.test(path)).flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  if (source.isTest) return [];
  const problems: Problem[] = [];
  walk(source.tree, (node) => {
    if (!ts.isAsExpression(node) || node.type.getText() === 'const') return;
    const message = `"as ${node.type.getText()}" outside mapping and constructors.`;
    problems.push({ file: source.path, line: source.lineOf(node), message, severity: 'warning' });
  });
  return problems;
}
