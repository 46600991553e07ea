import { createHash, randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createInboundQueue, type InboundQueue } from './inbound-queue.ts';

let test: TestDatabase;
let queue: InboundQueue;
beforeAll(async () => {
  test = await createTestDatabase();
  queue = createInboundQueue(test.database.worker);
});
afterEach(() => test.owner.query('delete from inbound_events'));
afterAll(() => test.dispose());

const worker = randomUUID();
const claim = (leasedBy = worker, leaseSeconds = 60) =>
  queue.claim({ leasedBy, leaseSeconds, isHurried: false, except: [] });
const names = (events: readonly { externalId: string }[]) => events.map(({ externalId }) => externalId);
const attempt = { startedAt: new Date(), finishedAt: new Date(), durationMs: 1 };

let second = 0;
async function arrive(externalId: string, stripeCustomerId: string | null): Promise<string> {
  second += 1;
  const id = randomUUID();
  await queue.insert({
    id,
    externalId,
    type: 'customer.updated',
    apiVersion: null,
    isLive: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    objectId: stripeCustomerId,
    stripeCustomerId,
    payload: {},
    payloadHash: createHash('sha256').update(externalId).digest(),
    receivedAt: new Date(),
  });
  return id;
}

describe('a claim', () => {
  it('takes everything that waits for the customer of the oldest event, and nobody else takes more of it', async () => {
    for (const [event, customer] of [
      ['a1', 'cus_a'],
      ['b1', 'cus_b'],
      ['a2', 'cus_a'],
    ] as const)
      await arrive(event, customer);
    expect(names(await claim())).toEqual(['a1', 'a2']);
    await arrive('a3', 'cus_a');
    expect(names(await claim(randomUUID()))).toEqual(['b1']);
    expect(await claim(randomUUID())).toEqual([]);
  });

  it('never joins events whose customer nobody knows', async () => {
    await arrive('n1', null);
    await arrive('n2', null);
    expect(names(await claim())).toEqual(['n1']);
    expect(names(await claim())).toEqual(['n2']);
  });

  it('takes an event that failed alone, once its pause is over', async () => {
    const id = await arrive('bad', 'cus_c');
    await arrive('good', 'cus_c');
    await claim();
    await queue.settle(worker, [
      { id, outcome: { status: 'failed', error: 'no', retryInSeconds: 0, attempts: 1 }, attempt },
    ]);
    await test.owner.query(`update inbound_events set status = 'received' where external_id = 'good'`);
    expect(names(await claim())).toEqual(['bad']);
    expect(await claim()).toEqual([]);
  });

  it('joins events again that failed only because nobody answered', async () => {
    const ids = [await arrive('s1', 'cus_d'), await arrive('s2', 'cus_d')];
    await claim();
    const outcome = { status: 'failed', error: 'silence', retryInSeconds: 0, attempts: 0 } as const;
    await queue.settle(
      worker,
      ids.map((id) => ({ id, outcome, attempt: null })),
    );
    expect(names(await claim())).toEqual(['s1', 's2']);
    const { rows } = await test.owner.query('select count(*)::int as count from inbound_attempts');
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('takes over what a dead worker held, counts that as an attempt, and what its late answer says is ignored', async () => {
    const id = await arrive('left', 'cus_e');
    const dead = randomUUID();
    await claim(dead, 0);
    expect(await claim()).toMatchObject([{ externalId: 'left', attempts: 1 }]);
    await queue.settle(dead, [
      { id, outcome: { status: 'dead', error: 'late', attempts: 9 }, attempt: null },
    ]);
    const { rows } = await test.owner.query('select status, leased_by from inbound_events');
    expect(rows).toEqual([{ status: 'processing', leased_by: worker }]);
  });

  it('gives each event to one of several workers that ask at the same moment', async () => {
    for (let n = 0; n < 40; n += 1) await arrive(`m${n}`, `cus_m${n % 8}`);
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim(randomUUID())));
    const taken = claims.flatMap(names);
    expect(taken.length).toBe(40);
    expect(new Set(taken).size).toBe(40);
    const customers = claims.filter(({ length }) => length > 0).map(([first]) => first?.stripeCustomerId);
    expect(new Set(customers).size).toBe(customers.length);
  });
});

describe('a parked event', () => {
  it('waits until its customer is known', async () => {
    const id = await arrive('parked', 'cus_f');
    await claim();
    await queue.settle(worker, [{ id, outcome: { status: 'parked', error: 'unknown' }, attempt }]);
    expect(await queue.takeUpParked()).toBe(0);
    expect(await claim()).toEqual([]);
    await test.owner.query(
      `insert into organizations (id, slug, name, email, currency, stripe_customer_id)
       values ($1, 'known', 'Known', 'k@example.com', 'USD', 'cus_f')`,
      [randomUUID()],
    );
    expect(await queue.takeUpParked()).toBe(1);
    expect(names(await claim())).toEqual(['parked']);
  });
});
