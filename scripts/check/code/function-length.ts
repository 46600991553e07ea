import ts from 'typescript';
import { type ParsedSource, walk } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

const LINES_MAX = 60;

/**
 * A function's own lines: those of functions inside it count for themselves, so a factory that returns eight short
 * methods is short. Blank lines do not count. In tests, `describe` blocks are chapters rather than functions.
 */
export const functionLength: Check = {
  name: 'function length',
  countSubjects: (project) => project.sources.filter(({ isTest }) => !isTest).length,
  run: (project) => project.sources.filter(({ isTest }) => !isTest).flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  const lines = source.text.split('\n');
  const problems: Problem[] = [];
  walk(source.tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const count = ownLines(source, node).filter((line) => lines[line]?.trim() !== '').length;
    if (count <= LINES_MAX) return;
    const message = `A function of ${count} lines of its own; at most ${LINES_MAX}.`;
    problems.push({ file: source.path, line: source.lineOf(node), message });
  });
  return problems;
}

function ownLines({ tree }: ParsedSource, body: ts.Node): number[] {
  const own = new Set(linesOf(tree, body));
  walk(body, (node) => {
    if (node === body || !ts.isFunctionLike(node)) return;
    // The first and the last line are shared with the surrounding function.
    for (const line of linesOf(tree, node).slice(1, -1)) own.delete(line);
  });
  return [...own];
}

function linesOf(tree: ts.SourceFile, node: ts.Node): number[] {
  const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
