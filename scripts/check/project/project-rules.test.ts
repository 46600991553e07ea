import { expect, test } from 'vitest';
import { runCheckOn } from '../own-checks.ts';
import { type Check, projectOf } from '../source/project.ts';
import { fileNames } from './file-names.ts';
import { fileSize } from './file-size.ts';
import { forbiddenWords } from './forbidden-words.ts';
import { lockfile } from './lockfile.ts';

function errorsOf(check: Check, texts: Record<string, string>): string[] {
  const problems = check.run(projectOf(texts)).filter(({ severity }) => severity !== 'warning');
  return problems.map(({ message }) => message);
}

test('a file of more than 400 lines is refused', () => {
  expect(errorsOf(fileSize, { 'apps/api/src/a.ts': 'x;\n'.repeat(400) })).toEqual([]);
  expect(errorsOf(fileSize, { 'apps/api/src/a.ts': 'x;\n'.repeat(401) })).toHaveLength(1);
});

test('a crowded folder is a warning, and tests do not crowd it', () => {
  const files = (count: number, end: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`apps/api/src/f${index}${end}`, '']));
  expect(fileSize.run(projectOf({ ...files(15, '.ts'), ...files(15, '.test.ts') }))).toEqual([]);
  expect(fileSize.run(projectOf(files(16, '.ts')))).toMatchObject([{ severity: 'warning' }]);
});

test.each([
  'packages/core/src/utils/a.ts',
  'packages/core/src/types.ts',
  'packages/core/src/InvoiceModel.ts',
  'packages/core/src/invoice.service.ts',
  'apps/api/src/http/helpers.ts',
])('the name %s is refused', (path) => {
  expect(errorsOf(fileNames, { [path]: '' })).toHaveLength(1);
});

test.each([
  'packages/core/src/invoices/invoices.ports.ts',
  'apps/console/src/ui/Button.tsx',
  'apps/console/vite.config.ts',
])('the name %s is accepted', (path) => {
  expect(errorsOf(fileNames, { [path]: '' })).toEqual([]);
});

test('an address in the lockfile is refused', () => {
  const resolution = (rest: string) => `    resolution: {integrity: sha512-abc==${rest}}`;
  expect(errorsOf(lockfile, { 'pnpm-lock.yaml': resolution('') })).toEqual([]);
  const address = ['https', '//mirror.example/a.tgz'].join(':');
  expect(errorsOf(lockfile, { 'pnpm-lock.yaml': resolution(`, tarball: ${address}`) })).toHaveLength(1);
});

// Put together here, because this file is checked as well.
test.each([
  ['', 'home', 'ada', 'metergate'].join('/'),
  ['', 'tmp', 'results'].join('/'),
  ['registry', 'npmjs', 'org'].join('.'),
  ['TO', 'DO later'].join(''),
])('the words "%s" are refused', (words) => {
  expect(errorsOf(forbiddenWords, { 'docs/a.ts': `// see ${words}` })).toHaveLength(1);
});

test('a path of the project and a numbered open point are accepted', () => {
  const text = ['// docs/home/start.md', ['// TO', 'DO(#12): later'].join('')].join('\n');
  expect(errorsOf(forbiddenWords, { 'apps/api/src/a.ts': text })).toEqual([]);
});

test('a check that finds nothing to look at fails', () => {
  expect(runCheckOn(lockfile, projectOf({})).passed).toBe(false);
});
