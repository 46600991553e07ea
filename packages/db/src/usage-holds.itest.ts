import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertRow, type SampleRow, sampleIds, sampleRows } from '../test/sample-rows.ts';

let db: TestDatabase;
let number = 0;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  number += 1;
  await add('organizations');
});

const early = '2025-02-01T00:00:00.000Z';
const middle = '2025-06-01T00:00:00.000Z';
const late = '2026-03-01T00:00:00.000Z';
const looked = '2026-03-15T00:00:00.000Z';
const twoMonthsBefore = '2026-01-12T00:00:00.000Z';
const always = Number.NEGATIVE_INFINITY;

type Row = readonly [table: string, change?: SampleRow];

async function add(table: string, change: SampleRow = {}): Promise<void> {
  const [, row] = sampleRows(number).find(([name]) => name === table) ?? [];
  await insertRow(db.owner, table, { ...row, ...change });
}

async function heldFrom(): Promise<unknown> {
  const { rows } = await db.owner.query(`select usage_held_from($1, 'execution') as at`, [
    sampleIds(number).organization,
  ]);
  const { at } = rows[0];
  return at instanceof Date ? at.toISOString() : at;
}

const subscribed = (change: SampleRow = {}): Row => [
  'subscriptions',
  { current_period_start: late, ...change },
];
const ended = (at = early) => subscribed({ status: 'canceled', ended_at: at });
/** Everything was looked at, and nothing is due. */
const quiet: Row = ['usage_billing_looks', { looked_at: looked, due_at: null }];
const billed = (change: SampleRow = {}): Row => [
  'usage_billings',
  { feature: 'execution', status: 'billed', period_start: early, period_end: middle, ...change },
];
const proof = (change: SampleRow = {}): Row => [
  'usage_proofs',
  { meter: 'execution', period_start: early, period_end: middle, ...change },
];

describe('usage is held', () => {
  it.each<[why: string, from: string | number, rows: Row[]]>([
    ['by the period that is running', early, [subscribed({ current_period_start: early }), quiet]],
    [
      'by the period of who pays late',
      early,
      [subscribed({ current_period_start: early, status: 'past_due' }), quiet],
    ],
    ['from where its billing ends', middle, [subscribed(), quiet, billed()]],
    ['from where its proof ends', middle, [subscribed(), quiet, proof()]],
    ['from where billing ends before the subscription did', middle, [ended(late), quiet, billed()]],
    ['by a bill that is planned', early, [ended(), quiet, billed({ status: 'planned' })]],
    [
      'from where a planned bill counts',
      '2025-01-01T00:00:00.000Z',
      [ended(), quiet, billed({ status: 'planned', counted_from: '2025-01-01T00:00:00.000Z' })],
    ],
    [
      'by the bill of another meter, too',
      early,
      [ended(), quiet, billed({ status: 'planned', feature: 'call' })],
    ],
    ['by figures that differ', early, [ended(), quiet, proof({ verdict: 'different' })]],
    ['by figures that were not compared yet', early, [ended(), quiet, proof({ verdict: 'open' })]],
    [
      'by a report on its way',
      early,
      [ended(), quiet, ['usage_reports', { status: 'pending', bucket_start: early }]],
    ],
    [
      'by a report that failed',
      early,
      [ended(), quiet, ['usage_reports', { status: 'failed', bucket_start: early }]],
    ],
    [
      'by a report that Stripe has refused',
      early,
      [
        ended(),
        quiet,
        ['usage_reports', { status: 'refused', refusal: 'x', refused_at: late, bucket_start: early }],
      ],
    ],
    ['by a month that was reopened', early, [ended(), quiet, ['usage_reopenings', { occurred_from: early }]]],
    [
      'while a look is due',
      twoMonthsBefore,
      [ended(), ['usage_billing_looks', { looked_at: looked, due_at: late }]],
    ],
    [
      'while something changed since the last look',
      twoMonthsBefore,
      [ended(), quiet, ['usage_billing_cues']],
    ],
    ['where nobody ever looked', always, [ended()]],
    ['by a message to Stripe that was given up', always, [ended(), quiet, ['outbox', { status: 'dead' }]]],
    ['by what the second store does not have', always, [ended(), quiet, ['usage_relay']]],
    ['by an open case', always, [ended(), quiet, ['disputes', { status: 'open' }]]],
    [
      'by the earliest of several reasons',
      early,
      [subscribed(), quiet, billed(), ['usage_reports', { status: 'pending', bucket_start: early }]],
    ],
  ])('%s', async (_why, from, rows) => {
    await fill(rows);
    expect(await heldFrom()).toEqual(from);
  });

  it.each<[why: string, rows: Row[]]>([
    ['without a subscription', [['usage_reopenings', { occurred_from: early }]]],
    ['by a subscription that never began', [subscribed({ status: 'incomplete_expired' })]],
    ['by a subscription that ended and was looked at', [ended(), quiet]],
    ['when the bills reach the end of the subscription', [ended(middle), quiet, billed()]],
    [
      'by what is settled, sent and closed',
      [
        ended(),
        quiet,
        proof(),
        ['usage_reopenings', { occurred_from: early, settled_at: late }],
        ['usage_reports', { status: 'sent', bucket_start: early }],
        ['outbox', { status: 'done' }],
        ['disputes', { status: 'refused', resolution: 'x', resolved_by: 'x', resolved_at: late }],
      ],
    ],
  ])('no more %s', async (_why, rows) => {
    await fill(rows);
    expect(await heldFrom()).toBeNull();
  });
});

/** What the rows themselves ask to be looked at is left out, unless it is what a case is about. */
async function fill(rows: readonly Row[]): Promise<void> {
  for (const [table, change] of rows.filter(([name]) => name !== 'usage_billing_cues'))
    await add(table, change);
  await db.owner.query('delete from usage_billing_cues where organization_id = $1', [
    sampleIds(number).organization,
  ]);
  if (rows.some(([name]) => name === 'usage_billing_cues')) await add('usage_billing_cues');
}
