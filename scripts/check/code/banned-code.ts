import ts from 'typescript';
import { type ParsedSource, walk } from '../source/parse-source.ts';
import type { Check, Problem } from '../source/project.ts';

interface Ban {
  message: string;
  appliesTo(path: string): boolean;
  matches(node: ts.Node): boolean;
}

const shipped = /^(packages|apps)\/[^/]+\/src\//;

const bans: readonly Ban[] = [
  {
    message: 'Business time comes from the injected Clock, not from the system.',
    appliesTo: (path) => /^(packages\/core|apps\/api)\/src\//.test(path) && !/(^|[/-])clock\.ts$/.test(path),
    matches: (node) => isNewDateOfNow(node) || isPropertyOf(node, 'Date', 'now'),
  },
  {
    message: 'Randomness is injected, so that tests and the demo repeat exactly.',
    appliesTo: (path) => /^(packages\/core|apps\/api)\/src\//.test(path),
    matches: (node) => isPropertyOf(node, 'Math', 'random'),
  },
  {
    message: 'Only env.ts reads process.env; everything else gets values passed in.',
    appliesTo: (path) => shipped.test(path) && !path.endsWith('/env.ts'),
    matches: (node) => isPropertyOf(node, 'process', 'env'),
  },
  {
    message: 'Floating point and money do not meet: use the functions of shared/money.',
    appliesTo: (path) =>
      shipped.test(path) && !path.includes('/shared/money/') && !path.endsWith('/Amount.tsx'),
    matches: (node) =>
      isCallOf(node, 'parseFloat') || isRoundingToFixed(node) || isTimesOrDividedByHundred(node),
  },
  {
    message: 'A router makes one call of a use-case; errors are translated by the error adapter.',
    appliesTo: (path) => path.endsWith('.router.ts'),
    matches: (node) => ts.isIdentifier(node) && node.text === 'TRPCError',
  },
];

/** Calls that break a rule of the house wherever they stand outside their one home. Tests are free. */
export const bannedCode: Check = {
  name: 'banned calls (time, randomness, environment, float money)',
  countSubjects: (project) => project.sources.filter(({ path }) => shipped.test(path)).length,
  run: (project) => project.sources.flatMap(problemsOf),
};

function problemsOf(source: ParsedSource): Problem[] {
  const applicable = source.isTest ? [] : bans.filter((ban) => ban.appliesTo(source.path));
  if (applicable.length === 0) return [];
  const problems: Problem[] = [];
  walk(source.tree, (node) => {
    for (const { matches, message } of applicable) {
      if (matches(node)) problems.push({ file: source.path, line: source.lineOf(node), message });
    }
  });
  return problems;
}

function isNewDateOfNow(node: ts.Node): boolean {
  return ts.isNewExpression(node) && isNamed(node.expression, 'Date') && (node.arguments?.length ?? 0) === 0;
}

function isPropertyOf(node: ts.Node, object: string, property: string): boolean {
  return (
    ts.isPropertyAccessExpression(node) && isNamed(node.expression, object) && node.name.text === property
  );
}

/** `name()`, `x.name()`; both `parseFloat` and `Number.parseFloat`. */
function isCallOf(node: ts.Node, name: string): boolean {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  return (
    isNamed(expression, name) || (ts.isPropertyAccessExpression(expression) && expression.name.text === name)
  );
}

/** Without an argument it is the exact notation of a decimal type; with one it rounds. */
function isRoundingToFixed(node: ts.Node): boolean {
  return isCallOf(node, 'toFixed') && ts.isCallExpression(node) && node.arguments.length > 0;
}

function isTimesOrDividedByHundred(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  const operator = node.operatorToken.kind;
  if (operator !== ts.SyntaxKind.SlashToken && operator !== ts.SyntaxKind.AsteriskToken) return false;
  return ts.isNumericLiteral(node.right) && node.right.text === '100';
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
