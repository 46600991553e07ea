import { expect, test } from 'vitest';
import type { ShadowMonth } from '../../app/views.ts';
import { shadowCsv, shadowTotals } from './shadow-months.ts';

const month = (changed: Partial<ShadowMonth>): ShadowMonth => ({
  organization: 'org_1',
  slug: 'acme',
  subscriptionId: 'sub_1',
  plan: 'basic',
  planVersion: 1,
  periodStart: '2027-04-01T00:00:00.000Z',
  periodEnd: '2027-05-01T00:00:00.000Z',
  currency: 'USD',
  publishedMinor: '3200',
  draftMinor: '4600',
  ...changed,
});

test('totals are per currency, and exact beyond what a double holds', () => {
  const huge = '9007199254740993';
  const months = [month({}), month({ currency: 'JPY' }), month({ draftMinor: huge, publishedMinor: '1' })];
  expect(shadowTotals(months)).toEqual([
    { currency: 'USD', publishedMinor: '3201', draftMinor: '9007199254745593' },
    { currency: 'JPY', publishedMinor: '3200', draftMinor: '4600' },
  ]);
  expect(shadowTotals([])).toEqual([]);
});

test('a name that begins like a formula is not run by a spreadsheet', () => {
  const [head, row] = shadowCsv([month({ slug: '=cmd()' })]).split('\r\n');
  expect(head?.split(',')).toHaveLength(row?.split(',').length ?? 0);
  expect(row).toContain("'=cmd()");
});
