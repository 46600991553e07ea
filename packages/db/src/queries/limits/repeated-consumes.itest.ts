import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addMonth, at, consumeOne, ledgerOn, limit } from '../../../test/ledger-scene.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';

let db: TestDatabase;
let month: CounterKey;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  month = await addMonth(db);
});

const ledger = () => ledgerOn(db);
const consume = (id?: string, change?: Partial<ConsumeCommand>) => consumeOne(month, id, change);
const report = (id: string) =>
  storeUsageEvents({ pool: db.database.ingest, recordedAt: at }, [toUsageRow(consume(id).entry)]);

async function levelOf({ organizationId, feature }: CounterKey): Promise<string | undefined> {
  const { rows } = await db.owner.query(
    `select used::float || '+' || reserved::float as level from limit_counters
      where organization_id = $1 and feature = $2`,
    [organizationId, feature],
  );
  return rows[0]?.level;
}

it('answers a granted id again when nothing is left, also beside others that are refused', async () => {
  const { consume: take } = ledger();
  for (let n = 1; n <= limit; n += 1) await take(consume(`e-${n}`));
  const answers = await Promise.all([take(consume()), take(consume('e-2')), take(consume())]);

  expect(answers.map(({ decision }) => decision)).toEqual(['blocked', 'allowed', 'blocked']);
  expect(answers[1]?.levels.used).toBe('2');
});

it('takes one id once that comes twice in one batch, and refuses it for something else', async () => {
  const { consume: take } = ledger();
  const other = consume('twice');
  const more = { ...other, terms: { ...other.terms, quantity: '2' } };
  const [first, again, otherwise] = await Promise.allSettled([
    take(consume('twice')),
    take(consume('twice')),
    take(more),
  ]);

  expect(first).toMatchObject({ value: { decision: 'allowed', levels: { used: '1' } } });
  const decidedAt = other.terms.at;
  expect(again).toEqual({ ...first, value: { ...('value' in first ? first.value : {}), decidedAt } });
  expect(otherwise).toMatchObject({ reason: { code: 'USAGE_EVENT_ID_REUSED' } });
  expect(await levelOf(month)).toBe('1+0');
});

it('goes on with what waits when a batch before it failed', async () => {
  const { consume: take } = ledger();
  await take(consume());
  const broken = expect(
    take(
      consume('broken', {
        decide: () => {
          throw new Error('no decision');
        },
      }),
    ),
  ).rejects.toThrow('no decision');
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = [take(consume()), take(consume())];

  await broken;
  expect((await Promise.all(waiting)).map(({ levels }) => levels.used)).toEqual(['2', '3']);
  expect(await levelOf(month)).toBe('3+0');
});

it('stores nothing for an id that was reported before, also in a batch whose events have properties', async () => {
  const { consume: take } = ledger();
  await report('known');
  const withProperties = (id: string) => {
    const command = consume(id);
    const draft = { ...command.entry.draft, properties: '{"model":"large"}' };
    return { ...command, entry: { ...command.entry, draft } };
  };
  const answers = await Promise.allSettled(['a', 'known', 'b'].map((id) => take(withProperties(id))));

  expect(answers).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'USAGE_EVENT_ID_REUSED' } },
    { status: 'fulfilled' },
  ]);
  expect(await levelOf(month)).toBe('3+0');
});
