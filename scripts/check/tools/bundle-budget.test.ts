import { expect, test } from 'vitest';
import { budgetProblems } from './bundle-budget.ts';

const KIB = 1024;
const html = '<script src="/assets/index-1.js"></script><link href="/assets/index-1.css">';
const file = (path: string, kib: number) => ({ path: `assets/${path}`, gzipBytes: kib * KIB });

test('a build within every budget has no problems', () => {
  const files = [
    file('index-1.js', 200),
    file('index-1.css', 40),
    file('UsagePage.js', 50),
    file('charts.js', 140),
  ];
  expect(budgetProblems(html, files)).toEqual([]);
});

test.each([
  ['index-1.js', 201, 'first-load'],
  ['index-1.css', 41, 'styles'],
  ['UsagePage.js', 51, 'UsagePage'],
  ['charts.js', 141, 'charts'],
  ['inter.woff2', 1, 'fonts'],
])('%s of %i KiB is reported', (path, kib, words) => {
  const problems = budgetProblems(html, [file(path, kib)]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});
