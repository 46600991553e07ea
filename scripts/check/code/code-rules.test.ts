import { describe, expect, test } from 'vitest';
import { type Check, projectOf } from '../source/project.ts';
import { bannedCode } from './banned-code.ts';
import { functionLength } from './function-length.ts';
import { tenantRepositories } from './tenant-repositories.ts';
import { typeAssertions } from './type-assertions.ts';

function countOf(check: Check, path: string, text: string): number {
  return check.run(projectOf({ [path]: text })).length;
}

describe('banned calls', () => {
  const refused: [what: string, path: string, text: string][] = [
    ['core reads no clock', 'packages/core/src/a.ts', 'const now = new Date();'],
    ['the API reads no clock', 'apps/api/src/a.ts', 'const now = Date.now();'],
    ['core throws no dice', 'packages/core/src/a.ts', 'const x = Math.random();'],
    ['only env.ts reads the environment', 'packages/db/src/a.ts', 'const x = process.env.PORT;'],
    ['money is not parsed as a float', 'apps/console/src/a.ts', 'const x = Number.parseFloat(text);'],
    ['money is not formatted as a float', 'apps/console/src/a.ts', 'const x = amount.toFixed(2);'],
    ['money is not divided by a hundred', 'apps/console/src/a.ts', 'const x = amountMinor / 100;'],
    ['a router makes no errors', 'apps/api/src/trpc/routers/a.router.ts', 'throw new TRPCError({});'],
  ];
  test.each(refused)('%s', (_what, path, text) => {
    expect(countOf(bannedCode, path, text)).toBe(1);
  });

  const allowed: [what: string, path: string, text: string][] = [
    ['a given instant is no clock', 'packages/core/src/a.ts', "const at = new Date('2026-01-31T00:00:00Z');"],
    ['the clock adapter reads the clock', 'apps/api/src/clock/system-clock.ts', 'const now = new Date();'],
    ['env.ts reads the environment', 'apps/api/src/env.ts', 'const x = process.env;'],
    ['money code may divide', 'packages/core/src/shared/money/a.ts', 'const x = y / 100;'],
    ['a decimal type writes itself exactly', 'packages/db/src/a.ts', 'const x = amount.toFixed();'],
    ['tests are free', 'packages/core/src/a.test.ts', 'const now = new Date();'],
    ['a word in a comment is no call', 'packages/core/src/a.ts', '// never Date.now()'],
  ];
  test.each(allowed)('%s', (_what, path, text) => {
    expect(countOf(bannedCode, path, text)).toBe(0);
  });
});

describe('function length', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `  step(${index});`).join('\n');

  test('sixty lines are enough', () => {
    expect(countOf(functionLength, 'apps/api/src/a.ts', `function a() {\n${lines(58)}\n}`)).toBe(0);
    expect(countOf(functionLength, 'apps/api/src/a.ts', `function a() {\n${lines(59)}\n}`)).toBe(1);
  });
  test('the methods a factory returns count for themselves', () => {
    const methods = ['b', 'c', 'd'].map((name) => `${name}() {\n${lines(40)}\n},`).join('\n');
    expect(countOf(functionLength, 'apps/api/src/a.ts', `function a() {\nreturn {\n${methods}\n};\n}`)).toBe(
      0,
    );
  });
});

describe('type assertions', () => {
  test('an assertion is reported, a constant is not', () => {
    expect(
      countOf(typeAssertions, 'packages/core/src/a.ts', 'const x = y as Z; const c = [1] as const;'),
    ).toBe(1);
  });
  test('mapping files may assert', () => {
    expect(countOf(typeAssertions, 'packages/db/src/a.mapping.ts', 'const x = y as Z;')).toBe(0);
  });
});

describe('tenant repositories', () => {
  const path = 'packages/db/src/repositories/invoice.repository.ts';

  test('a method of a factory without organizationId first is refused', () => {
    const text =
      'export function createInvoices(tx: Tx) { return { async findOpen(limit: number) { return []; } }; }';
    expect(countOf(tenantRepositories, path, text)).toBe(1);
  });
  test('a method of a class without organizationId first is refused', () => {
    const text = 'export class Invoices { findOpen(limit: number) {} private map(row: Row) {} }';
    expect(countOf(tenantRepositories, path, text)).toBe(1);
  });
  test('organizationId first is accepted', () => {
    const text =
      'export function createInvoices(tx: Tx) { return { findOpen: (organizationId: Id) => [] }; }';
    expect(countOf(tenantRepositories, path, text)).toBe(0);
  });
  test('a whole entity carries its organization', () => {
    const text = 'export function createInvoices(tx: Tx) { return { async insert(invoice: Invoice) {} }; }';
    expect(countOf(tenantRepositories, path, text)).toBe(0);
  });
  test('platform tables have no tenant', () => {
    const text = 'export class Flags { findAll() {} }';
    expect(
      countOf(tenantRepositories, 'packages/db/src/repositories/platform-flag.repository.ts', text),
    ).toBe(0);
  });
});
