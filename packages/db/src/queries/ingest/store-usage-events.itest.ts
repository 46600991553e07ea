import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { UsageEventDraft } from '@metergate/core/usage/usage-event';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Newness } from './newness.ts';
import { storeUsageEvents } from './store-usage-events.ts';
import { toUsageRow, type UsageRow } from './usage-row.ts';

let test: TestDatabase;
const recordedAt = new Date('2027-03-01T12:00:00.000Z');

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());

async function organization(): Promise<string> {
  const id = randomUUID();
  await test.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Test', 'a@example.com', 'USD')`,
    [id, `o-${id}`],
  );
  return id;
}

function row(organizationId: string, id: string, change: Partial<UsageEventDraft> = {}): UsageRow {
  return toUsageRow({
    organizationId: asId('organization', organizationId),
    aggregation: 'sum',
    source: 'api',
    draft: {
      id,
      meter: 'message',
      quantity: '1',
      occurredAt: new Date('2027-03-01T11:07:00.000Z'),
      clientId: null,
      subject: null,
      properties: null,
      ...change,
    },
  });
}

async function totals(organizationId: string) {
  const { rows } = await test.owner.query(
    `select (select coalesce(sum(quantity), 0)::text from usage_events where organization_id = $1) as events,
            (select coalesce(sum(quantity), 0)::text from usage_buckets where organization_id = $1) as buckets,
            (select coalesce(sum(event_count), 0)::int from usage_buckets where organization_id = $1) as count`,
    [organizationId],
  );
  return { events: Number(rows[0].events), buckets: Number(rows[0].buckets), count: rows[0].count };
}

const ways: [string, () => Newness | undefined][] = [
  ['by asking which of them are new', () => undefined],
  ['by believing that they are', () => new Newness()],
];

describe.each(ways)('storing usage events %s', (_, newness) => {
  const options = () => ({ pool: test.database.ingest, recordedAt, newness: newness() });
  const store = (rows: UsageRow[]) => storeUsageEvents(options(), rows);

  it.each(['beforeCommit', 'afterCommit'] as const)(
    'counts an event once whose first attempt failed %s (U15)',
    async (moment) => {
      const org = await organization();
      const hooks = {
        [moment]: () => {
          throw new Error('the answer is lost');
        },
      };
      const first = storeUsageEvents({ ...options(), hooks }, [row(org, 'once')]);
      await expect(first).rejects.toThrow('the answer is lost');
      const isStored = moment === 'afterCommit';
      expect(await totals(org)).toEqual({
        events: Number(isStored),
        buckets: Number(isStored),
        count: Number(isStored),
      });
      expect(await store([row(org, 'once')])).toEqual([isStored ? 'duplicate' : 'accepted']);
      expect(await totals(org)).toEqual({ events: 1, buckets: 1, count: 1 });
    },
  );

  it('counts usage at the end of a window in the next one', async () => {
    const org = await organization();
    const [start, middle, end] = ['2027-03-01T10:00:00Z', '2027-03-01T11:00:00Z', '2027-03-01T12:00:00Z'];
    await test.owner.query(
      `insert into limit_counters (organization_id, feature, window_start, window_end, used, reserved)
       values ($1, 'message', $2, $3, 0, 0), ($1, 'message', $3, $4, 0, 0)`,
      [org, start, middle, end],
    );
    const at = (text: string) => ({ occurredAt: new Date(text) });
    await store([row(org, 'last', at('2027-03-01T10:59:59.999Z')), row(org, 'first', at(middle))]);
    const { rows } = await test.owner.query(
      'select used::int from limit_counters where organization_id = $1 order by window_start',
      [org],
    );
    expect(rows).toEqual([{ used: 1 }, { used: 1 }]);
  });

  it('accepts an id once: equal content is a duplicate, other content is refused and the first stays', async () => {
    const org = await organization();
    expect(await store([row(org, 'e1', { quantity: '1.5' })])).toEqual(['accepted']);
    expect(await store([row(org, 'e1', { quantity: '1.5' })])).toEqual(['duplicate']);
    expect(await store([row(org, 'e1', { quantity: '2' }), row(org, 'e2')])).toEqual([
      'id_reused',
      'accepted',
    ]);
    expect(await totals(org)).toEqual({ events: 2.5, buckets: 2.5, count: 2 });
  });

  it('decides copies inside one batch by the first of them', async () => {
    const org = await organization();
    const batch = [row(org, 'a'), row(org, 'a'), row(org, 'a', { quantity: '2' }), row(org, 'b')];
    expect(await store(batch)).toEqual(['accepted', 'duplicate', 'id_reused', 'accepted']);
    expect(await store([row(org, 'b', { quantity: '7' }), row(org, 'b')])).toEqual([
      'id_reused',
      'duplicate',
    ]);
  });

  it('leaves an id that a backfill no longer stores to whoever has it besides', async () => {
    const org = await organization();
    await test.owner.query(
      `insert into usage_backfills (organization_id, id, reason, created_at, reverted_at, revert_reason)
       values ($1, 'open', 'test', now(), null, null), ($1, 'closed', 'test', now(), now(), 'test')`,
      [org],
    );
    const of = (backfillId: string | null, id = 'x') => ({ ...row(org, id), source: 'backfill', backfillId });
    expect(await store([of('closed'), of('closed'), of('open'), of(null, 'y'), of('unknown', 'z')])).toEqual([
      'backfill_reverted',
      'backfill_reverted',
      'accepted',
      'accepted',
      'backfill_reverted',
    ]);
    const { rows } = await test.owner.query(
      'select event_id, backfill_id from usage_backfill_events where organization_id = $1',
      [org],
    );
    expect(rows).toEqual([{ event_id: 'x', backfill_id: 'open' }]);
    expect(await totals(org)).toEqual({ events: 2, buckets: 2, count: 2 });
  });

  it('counts the same id once per organization, and refuses it on another meter of the same one', async () => {
    const [one, two] = [await organization(), await organization()];
    expect(await store([row(one, 'x'), row(two, 'x'), row(one, 'x', { meter: 'call' })])).toEqual([
      'accepted',
      'accepted',
      'id_reused',
    ]);
  });

  it('accepts one of 50 parallel copies', async () => {
    const org = await organization();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => store([row(org, 'same')])));
    expect(outcomes.flat().toSorted()).toEqual(['accepted', ...Array(49).fill('duplicate')]);
    expect(await totals(org)).toEqual({ events: 1, buckets: 1, count: 1 });
  });

  it('finds the row that the database refuses without losing its neighbors', async () => {
    const org = await organization();
    const rows = Array.from({ length: 9 }, (_, n) => row(org, `n${n}`));
    rows.splice(4, 0, { ...row(org, 'bad'), clientId: 'no uuid' });
    const outcomes = await store(rows);
    expect(outcomes[4]).toBe('not_storable');
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(9);
  });

  it('keeps totals equal to the events under writers that overlap in opposite order', async () => {
    const org = await organization();
    const ids = Array.from({ length: 200 }, (_, n) => `w${n}`);
    const rows = ids.map((id, n) =>
      row(org, id, { occurredAt: new Date(recordedAt.getTime() - n * 600_000), quantity: '0.1' }),
    );
    const outcomes = await Promise.all([
      store(rows),
      store(rows.toReversed()),
      store(rows),
      store(rows.toReversed()),
    ]);
    expect(outcomes.flat().filter((outcome) => outcome === 'accepted')).toHaveLength(200);
    expect(await totals(org)).toEqual({ events: 20, buckets: 20, count: 200 });
  });

  it('adds to counters whose window holds the event, and to no other', async () => {
    const org = await organization();
    const counter = (start: string, end: string) =>
      test.owner.query(
        `insert into limit_counters (organization_id, feature, window_start, window_end) values ($1, 'message', $2, $3)`,
        [org, start, end],
      );
    await counter('2027-03-01T11:07:00Z', '2027-04-01T00:00:00Z');
    await counter('2027-02-01T00:00:00Z', '2027-03-01T11:07:00Z');
    await store([row(org, 'c1', { quantity: '3' }), row(org, 'c2')]);
    const { rows } = await test.owner.query(
      'select used::int as used from limit_counters where organization_id = $1 order by window_start',
      [org],
    );
    expect(rows).toEqual([{ used: 0 }, { used: 4 }]);
  });
});
