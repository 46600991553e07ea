import type { OrganizationId } from '@metergate/core';
import { consumeLimit } from '@metergate/core/limits/consume-limit';
import { reserveLimit } from '@metergate/core/limits/reserve-limit';
import { commitReservation } from '@metergate/core/limits/settle-reservation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRest } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { lab } from './lab-family.ts';
import { startSecondInstance } from './second-instance.ts';

let billing: TestBilling;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({}, [lab]);
  second = await startSecondInstance(billing, {}, [lab]);
  const scopes = ['billing:write', 'organizations:write', 'usage:write', 'entitlements:read'] as const;
  ({ key } = await billing.addApiKey([...scopes, 'limits:check', 'limits:consume']));
}, 120_000);
afterAll(async () => {
  await second.stop();
  await billing.stop();
});

let made = 0;
async function organization(timeZone = 'UTC'): Promise<{ id: OrganizationId; name: string }> {
  made += 1;
  const name = `lab-${made}`;
  const id = await billing.addOrganization(name);
  await billing.db.owner.query(`update organizations set currency = 'USD', time_zone = $2 where id = $1`, [
    id,
    timeZone,
  ]);
  return { id, name };
}

const post = (path: string, body: unknown, url = billing.url) =>
  callRest(url, { method: 'POST', path, key, body });
const consume = (body: object, url?: string) =>
  post('/v1/limits/consume', { feature: 'call', quantity: '1', ...body }, url);
const check = (body: object) => post('/v1/limits/check', { feature: 'call', quantity: '1', ...body });
const reserve = (body: object, url?: string) =>
  post('/v1/limits/reservations', { feature: 'call', quantity: '1', leaseSeconds: 600, ...body }, url);
const commit = (organization: string, id: string, quantity: string, url?: string) =>
  post(`/v1/limits/reservations/${id}/commit`, { organization, quantity }, url);

async function subscribe(name: string, plan: string): Promise<string> {
  const body = { family: 'lab', plan, paymentMethod: 'pm_card_visa' };
  const path = `/v1/organizations/${name}/billing/subscriptions`;
  const answer = await billing.rest({ method: 'POST', path, key, body });
  expect(answer.status, answer.text).toBe(201);
  return answer.json.id;
}

async function override(id: OrganizationId, feature: string, limit: string): Promise<void> {
  await billing.db.owner.query('update limit_overrides set ended_at = now() where organization_id = $1', [
    id,
  ]);
  await billing.db.owner.query(
    `insert into limit_overrides (organization_id, id, feature, limit_quantity, unlimited, reason, created_by)
     values ($1, $2, $3, $4, false, 'agreed', 'test')`,
    [id, billing.container.ids.next(), feature, limit],
  );
  for (const { metering } of [billing.container, second.container]) metering.entitlements.forget(id);
}

/** The decisions of this process at an instant of our choice. */
const at = (instant: Date) => ({ ...billing.container.metering.limits, clock: { now: () => instant } });

/** What each window says, oldest first, and the sum of all events: no unit in two windows, none in no window. */
async function windowsOf(id: OrganizationId, feature: string) {
  const { rows } = await billing.db.owner.query(
    `select used::float, reserved::float from limit_counters
      where organization_id = $1 and feature = $2 and client_id = '00000000-0000-0000-0000-000000000000'
      order by window_start, window_end`,
    [id, feature],
  );
  return rows.map(({ used, reserved }) => `${used} + ${reserved}`);
}

async function receiptOf(id: OrganizationId, operation: string) {
  const { rows } = await billing.db.owner.query(
    `select used::float, quantity::float, limit_quantity::float as limit, plan_version as plan,
            evidence->>'periodStart' as start
       from decision_receipts where organization_id = $1 and operation = $2 order by at desc limit 1`,
    [id, operation],
  );
  return rows[0];
}

const hourMs = 3_600_000;
/** An hour that is over: its begin, its last instant, and the begin of the next. */
function lastHour() {
  const start = Math.floor(billing.container.clock.now().getTime() / hourMs) * hourMs - hourMs;
  return { start: new Date(start), last: new Date(start + hourMs - 1), next: new Date(start + hourMs) };
}

describe('a window that ends', () => {
  it('is half-open: its last instant counts in it and the next one in the next', async () => {
    const { id } = await organization();
    const { start, last, next } = lastHour();
    const take = (instant: Date, quantity: string) =>
      consumeLimit(at(instant), { organizationId: id, input: { feature: 'burst', quantity } });
    expect(await take(start, '2')).toMatchObject({ used: '2', resetsAt: next.toISOString() });
    expect(await take(last, '4')).toMatchObject({ decision: 'blocked', used: '2' });
    expect(await take(last, '3')).toMatchObject({ used: '5', remaining: '0', resetsAt: next.toISOString() });
    expect(await take(next, '5')).toMatchObject({ decision: 'allowed', used: '5' });
    // Late for the hour that is over: it is still full.
    expect(await take(last, '1')).toMatchObject({ decision: 'blocked', used: '5' });
    expect(await windowsOf(id, 'burst')).toEqual(['5 + 0', '5 + 0']);
  });

  it('gets what was reserved in it, however late the work is done, and the receipt says so', async () => {
    const { id } = await organization();
    const { start, last, next } = lastHour();
    const hold = { feature: 'burst', quantity: '4', leaseSeconds: 86_400 };
    const held = await reserveLimit(at(last), { organizationId: id, input: hold });
    const inNext = await consumeLimit(at(next), {
      organizationId: id,
      input: { feature: 'burst', quantity: '5' },
    });
    expect(inNext).toMatchObject({ decision: 'allowed', used: '5', reserved: '0' });
    const done = await commitReservation(at(next), { organizationId: id, id: held.id ?? '', quantity: '6' });
    expect(done).toMatchObject({ used: '6', reserved: '0', resetsAt: next.toISOString() });
    expect(await windowsOf(id, 'burst')).toEqual(['6 + 0', '5 + 0']);
    expect(await receiptOf(id, 'commit')).toMatchObject({ quantity: 6, start: start.toISOString() });
  });

  it('gets back what a lease held that ends in the next one, and flags what comes later', async () => {
    const { id } = await organization();
    const { last, next } = lastHour();
    const hold = { feature: 'burst', quantity: '4', leaseSeconds: 1 };
    const [given, late] = await Promise.all(
      ['given', 'late'].map((name) =>
        reserveLimit(at(last), { organizationId: id, input: { ...hold, quantity: '2', id: name } }),
      ),
    );
    const over = new Date(next.getTime() + 1000);
    const lateCommit = () =>
      commitReservation(at(over), { organizationId: id, id: late?.id ?? '', quantity: '1' });
    // Nobody has looked at leases yet, but this one is over.
    const flagged = { decision: 'warned', reason: 'lease_expired', used: '1' };
    expect(await lateCommit()).toMatchObject({ ...flagged, reserved: '2' });
    expect(await billing.container.metering.limits.ledger.expireReservations(over, 100)).toBe(1);
    expect(await lateCommit()).toMatchObject({ ...flagged, reserved: '0' });
    expect(given?.decision).toBe('allowed');
    expect(await windowsOf(id, 'burst')).toEqual(['1 + 0']);
  });

  it('ends at midnight of the organization for days, for its clients too', async () => {
    const { id, name } = await organization('Asia/Kathmandu');
    const client = { name: 'A', externalId: `${name}-a` };
    const made = await billing.rest({
      method: 'POST',
      path: `/v1/organizations/${name}/clients`,
      key,
      body: client,
    });
    expect(made.status).toBe(201);
    const limit = { method: 'PUT', path: `/v1/organizations/${name}/clients/${name}-a/limits/daily`, key };
    expect((await billing.rest({ ...limit, body: { limit: '2' } })).status).toBe(200);
    // Kathmandu is 5 hours and 45 minutes ahead: its midnight is a quarter past six in the evening.
    const now = billing.container.clock.now().getTime();
    const midnight = Math.floor((now + 5.75 * hourMs) / (24 * hourMs)) * 24 * hourMs - 5.75 * hourMs;
    const take = (instant: number, quantity: string, client?: string) =>
      consumeLimit(at(new Date(instant)), {
        organizationId: id,
        input: { feature: 'daily', quantity, client },
      });
    expect(await take(midnight - 1, '2', `${name}-a`)).toMatchObject({ decision: 'allowed', used: '2' });
    expect((await take(midnight - 1, '1', `${name}-a`)).reason).toBe('client_limit_reached');
    expect(await take(midnight - 1, '4')).toMatchObject({ reason: 'limit_reached' });
    expect(await take(midnight, '2', `${name}-a`)).toMatchObject({ decision: 'allowed', used: '2' });
    expect(await take(midnight, '3')).toMatchObject({ used: '5', remaining: '0' });
    expect((await take(midnight, '0', `${name}-a`)).decision).toBe('allowed');
  });

  it('gives a race over its end to both windows exactly, from two processes', async () => {
    const { id } = await organization();
    const { last, next } = lastHour();
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) => {
        const { limits } = (n % 2 === 0 ? billing : second).container.metering;
        const clock = { now: () => (n % 4 < 2 ? last : next) };
        const input = { feature: 'burst', quantity: '1' };
        return consumeLimit({ ...limits, clock }, { organizationId: id, input });
      }),
    );
    expect(answers.filter(({ decision }) => decision === 'allowed')).toHaveLength(10);
    expect(await windowsOf(id, 'burst')).toEqual(['5 + 0', '5 + 0']);
  });
});

describe('a plan that changes', () => {
  it('keeps what was reserved before: counted once, in the window of its instant, with its figures', async () => {
    const { id, name } = await organization();
    await consume({ organization: name, quantity: '3' });
    const held = await reserve({ organization: name, quantity: '6' });
    expect(held.json).toMatchObject({ used: '3', reserved: '6', limit: '10' });
    // The new period begins at a whole second; what is held is to belong to the time before it.
    await new Promise((resolve) => setTimeout(resolve, 1_001));
    await subscribe(name, 'pro');
    await expect.poll(async () => (await check({ organization: name })).json.limit).toBe('100');
    expect((await check({ organization: name })).json).toMatchObject({ used: '0', reserved: '0' });
    const done = await commit(name, held.json.id, '8', second.url);
    expect(done.json).toMatchObject({ used: '11', reserved: '0', limit: '100' });
    expect((await commit(name, held.json.id, '8')).json).toMatchObject({ used: '11', reserved: '0' });
    expect((await consume({ organization: name, quantity: '100' })).json).toMatchObject({
      decision: 'allowed',
      used: '100',
    });
    const { rows } = await billing.db.owner.query(
      'select sum(quantity)::float as sum from usage_events where organization_id = $1',
      [id],
    );
    expect(rows).toEqual([{ sum: 111 }]);
    expect(await receiptOf(id, 'commit')).toMatchObject({ plan: 'lab/pro/1', limit: 100, used: 11 });
  });

  it('makes overage of a hard limit while reservations are open, and counts them', async () => {
    const { name } = await organization();
    await subscribe(name, 'pro');
    const held = await reserve({ organization: name, quantity: '99' });
    expect((await consume({ organization: name, quantity: '1' })).json.decision).toBe('allowed');
    const beyond = await reserve({ organization: name, quantity: '2' });
    expect(beyond.json).toMatchObject({ decision: 'warned', reason: 'overage', remaining: '0' });
    expect((await commit(name, held.json.id, '99')).json).toMatchObject({ used: '100', reserved: '2' });
    expect((await consume({ organization: name, quantity: '1' })).json.reason).toBe('overage');
  });

  it('refuses the next when a limit is lowered below what is held, and records the work that runs', async () => {
    const { id, name } = await organization();
    await consume({ organization: name, quantity: '4' });
    const held = await reserve({ organization: name, quantity: '5' });
    await override(id, 'call', '6');
    expect((await consume({ organization: name })).json).toMatchObject({
      reason: 'limit_reached',
      remaining: '0',
      limit: '6',
      upgradeTo: 'pro',
    });
    expect((await check({ organization: name, quantity: '0' })).json.decision).toBe('allowed');
    expect((await commit(name, held.json.id, '5')).json).toMatchObject({ used: '9', remaining: '0' });
    await override(id, 'call', '12');
    expect((await consume({ organization: name, quantity: '3' })).status).toBe(200);
    expect((await consume({ organization: name })).status).toBe(402);
  });
});

it('a family that staff hide is granted no more, and what was granted is committed and released, once', async () => {
  const { id, name } = await organization();
  const show = async (families: string[] | null) => {
    await billing.db.owner.query('update organizations set families = $2 where id = $1', [id, families]);
    for (const { metering } of [billing.container, second.container]) metering.entitlements.forget(id);
  };
  const hold = async (quantity: string) => (await reserve({ organization: name, quantity })).json.id;
  const [worked, unused, late] = [await hold('4'), await hold('3'), await hold('2')];
  await show(['another']);
  for (const ask of [consume, reserve])
    expect((await ask({ organization: name })).json.error.code).toBe('FEATURE_UNKNOWN');
  for (const url of [billing.url, second.url]) {
    expect((await commit(name, worked, '5', url)).json).toMatchObject({ decision: 'allowed', used: '5' });
    const path = `/v1/limits/reservations/${unused}/release`;
    expect((await post(path, { organization: name }, url)).status).toBe(200);
  }
  expect((await commit(name, worked, '6')).json.error.code).toBe('RESERVATION_SETTLED');
  await billing.container.metering.limits.ledger.expireReservations(new Date(Date.now() + hourMs), 100);
  expect((await commit(name, late, '2')).json.reason).toBe('lease_expired');
  expect(await windowsOf(id, 'call')).toEqual(['7 + 0']);
  await show(null);
  expect((await check({ organization: name, quantity: '3' })).json.used).toBe('7');
});

describe('an id', () => {
  it('of a reservation stands for one wish: the same again is answered, another is refused', async () => {
    const { id, name } = await organization();
    const wish = { organization: name, quantity: '2', id: 'work-1', subject: 'w' };
    const first = await reserve(wish);
    expect(first.status).toBe(201);
    const again = await Promise.all(Array.from({ length: 20 }, () => reserve(wish, second.url)));
    for (const { json } of again) expect(json.id).toBe(first.json.id);
    expect((await reserve({ ...wish, leaseSeconds: 5 })).json.id).toBe(first.json.id);
    for (const other of [{ quantity: '3' }, { feature: 'daily' }, { subject: 'v' }]) {
      const refused = await reserve({ ...wish, ...other });
      expect(refused.status).toBe(409);
      expect(refused.json.error.code).toBe('USAGE_EVENT_ID_REUSED');
    }
    expect(await windowsOf(id, 'call')).toEqual(['0 + 2']);
  });

  it('that two features are reserved with at the same moment holds one of them', async () => {
    const { id, name } = await organization();
    for (let n = 0; n < 10; n += 1) {
      const answers = await Promise.all(
        ['call', 'daily', 'burst'].map((feature, m) =>
          reserve({ organization: name, feature, id: `both-${n}` }, m % 2 === 0 ? billing.url : second.url),
        ),
      );
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
      const held = await billing.db.owner.query(
        `select feature from reservations where organization_id = $1 and event_id = $2 and status = 'held'`,
        [id, `both-${n}`],
      );
      const granted = answers.filter(({ status }) => status === 201);
      expect(held.rows).toHaveLength(granted.length);
      expect(granted).toHaveLength(1);
      await Promise.all(
        granted.map(({ json }) => post(`/v1/limits/reservations/${json.id}/release`, { organization: name })),
      );
    }
  });

  it('of a commit that is sent twice at once with different quantities counts one of them', async () => {
    const { id, name } = await organization();
    const held = await reserve({ organization: name, quantity: '5' });
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        commit(name, held.json.id, n % 4 < 2 ? '2' : '3', n % 2 === 0 ? billing.url : second.url),
      ),
    );
    const done = answers.filter(({ status }) => status === 200);
    expect(done).toHaveLength(8);
    for (const { status, json } of answers) {
      if (status !== 200) expect(json.error.code).toBe('RESERVATION_SETTLED');
    }
    const used = Number(done[0]?.json.used);
    expect(await windowsOf(id, 'call')).toEqual([`${used} + 0`]);
    expect([2, 3]).toContain(used);
  });

  it('of a level stands for one change', async () => {
    const { name } = await organization();
    const take = (body: object) => consume({ organization: name, feature: 'rooms', id: 'room-1', ...body });
    expect((await take({})).json).toMatchObject({ decision: 'allowed', used: '1' });
    expect((await take({})).json).toMatchObject({ decision: 'allowed', used: '1' });
    expect((await take({ quantity: '2' })).status).toBe(409);
    const give = (body: object) =>
      post('/v1/limits/release', { organization: name, feature: 'rooms', quantity: '1', ...body });
    expect((await give({ id: 'room-1' })).status).toBe(409);
    expect((await give({ id: 'back' })).json.used).toBe('0');
    expect((await give({ id: 'back' })).json.used).toBe('0');
    expect((await take({})).json.used).toBe('0');
  });
});

describe('a meter that counts events', () => {
  it('is asked, held and taken by the event, whatever quantity it says', async () => {
    const { name } = await organization();
    const wish = { organization: name, feature: 'tick', quantity: '50' };
    expect((await check(wish)).json.decision).toBe('allowed');
    expect((await consume(wish)).json).toMatchObject({ decision: 'allowed', used: '1' });
    const held = await reserve(wish);
    expect(held.json).toMatchObject({ used: '1', reserved: '1', remaining: '1' });
    expect((await commit(name, held.json.id, '70')).json).toMatchObject({ used: '2', reserved: '0' });
    expect((await consume(wish)).json.used).toBe('3');
    expect((await check(wish)).json.decision).toBe('blocked');
    expect((await consume(wish)).status).toBe(402);
  });

  it('or keeps the largest of them, is checked for what would become the largest', async () => {
    const { name } = await organization();
    const occurredAt = billing.container.clock.now().toISOString();
    const event = { id: 'p', organization: name, meter: 'peak', quantity: '7', occurredAt };
    expect((await post('/v1/usage-events', { events: [event] })).json.accepted).toBe(1);
    const ask = async (quantity: string) =>
      (await check({ organization: name, feature: 'peak', quantity })).json.decision;
    expect([await ask('6'), await ask('10'), await ask('11')]).toEqual(['allowed', 'allowed', 'blocked']);
    expect((await consume({ organization: name, feature: 'peak' })).status).toBe(422);
  });
});

it('a limit has the same figures in a check, in the entitlements and on the page, from either process', async () => {
  const owner = await billing.signUp('owner@example.test');
  const { id, name } = await organization();
  await billing.db.owner.query(
    `insert into members (organization_id, user_id, role) values ($1, $2, 'owner')`,
    [id, owner.userId],
  );
  const wishes = { call: '2', burst: '0.5', daily: '1.25', tick: '9', rooms: '3' };
  for (const [feature, quantity] of Object.entries(wishes)) {
    expect((await consume({ organization: name, feature, quantity }, second.url)).status).toBe(200);
  }
  await reserve({ organization: name, quantity: '3.5' });
  const path = `/v1/organizations/${name}/entitlements`;
  const { features } = (await callRest(second.url, { method: 'GET', path, key })).json;
  const input = { organization: name };
  const listed = await billing.trpc({ path: 'limits.list', type: 'query', input, cookie: owner.cookie });
  const rows: Record<string, unknown>[] = listed.json.result.data;
  for (const feature of Object.keys(wishes)) {
    const { json: asked } = await check({ organization: name, feature, quantity: '0' });
    const { used, reserved, limit, remaining, resetsAt } = asked;
    expect(features[feature]).toMatchObject({ used, limit, remaining, resetsAt });
    const row = rows.find((candidate) => candidate.feature === feature);
    expect(row).toMatchObject({ used, reserved, limit, resetsAt });
  }
  expect(features.call).toMatchObject({ used: '2', remaining: '4.5' });
  expect(rows.find(({ feature }) => feature === 'call')).toMatchObject({ reserved: '3.5', percent: '55.00' });
});
