import { describe, expect, test } from 'vitest';
import { StatementNames } from './statement-names.ts';

describe('the name of a statement', () => {
  test('is given when its text comes again, and stays', () => {
    const names = new StatementNames();
    const asked = ['select 1', 'select 2', 'select 1', 'select 1', 'select 2'].map((sql) =>
      names.nameOf(sql),
    );
    expect(asked).toEqual(['', '', 'again_1', 'again_1', 'again_2']);
  });

  test.each([
    'select * from invoices',
    'select billing.*, 1 from usage_billings billing',
    'select id, * from invoices',
    'update invoices set status = $1 returning *',
    `select ${'$1, '.repeat(2_000)} 1`,
  ])('is never given to %.40s', (sql) => {
    const names = new StatementNames();
    expect([names.nameOf(sql), names.nameOf(sql), names.nameOf(sql)]).toEqual(['', '', '']);
  });

  test('is given to a count, which has one column for ever', () => {
    const names = new StatementNames();
    names.nameOf('select count(*) from invoices');
    expect(names.nameOf('select count(*) from invoices')).toBe('again_1');
  });

  test('is not given to texts beyond the first thousand', () => {
    const names = new StatementNames();
    for (let n = 0; n < 1_001; n += 1) names.nameOf(`select ${n}`);
    expect([names.nameOf('select 999'), names.nameOf('select 1000'), names.nameOf('select 1000')]).toEqual([
      'again_1',
      '',
      '',
    ]);
  });
});
