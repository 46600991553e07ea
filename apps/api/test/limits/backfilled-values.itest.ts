import { type ClientId, type OrganizationId, requirePublicId } from '@metergate/core';
import { rebuildProjections } from '@metergate/db';
import { createLimitLedger } from '@metergate/db/metering';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLimitAlertsJob } from '../../src/jobs/metering.job.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { people } from './people-family.ts';

let api: TestBilling;
let key: string;
let name: string;
let id: OrganizationId;
let clients: ClientId[];

const meter = 'active_user';
const now = () => api.container.clock.now();
/** A calendar month, so many before this one. */
const month = (back: number) => {
  const [year, index] = [now().getUTCFullYear(), now().getUTCMonth() - back];
  return { start: new Date(Date.UTC(year, index)), end: new Date(Date.UTC(year, index + 1)) };
};

beforeAll(async () => {
  api = await startTestBilling({}, [people]);
  const usage = ['usage:write', 'usage:backfill', 'usage:read', 'usage:correct'] as const;
  const rights = ['limits:check', 'limits:consume', 'billing:write', 'organizations:write'] as const;
  ({ key } = await api.addApiKey([...usage, ...rights]));
}, 60_000);
afterAll(() => api.stop());

let made = 0;
beforeEach(async () => {
  made += 1;
  name = `people-${made}`;
  id = await api.addOrganization(name);
  await api.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const client = (externalId: string) => own('POST', 'clients', { name: externalId, externalId });
  const added = await Promise.all([client(`${name}-a`), client(`${name}-b`)]);
  clients = added.map(({ json }) => requirePublicId('client', json.id));
});

const own = (method: string, path: string, body?: object) =>
  api.rest({ method, path: `/v1/organizations/${name}/${path}`, key, ...(body && { body }) });
const post = (path: string, body: object = {}) =>
  api.rest({ method: 'POST', path, key, body: { organization: name, reason: 'a late file', ...body } });
const used = (event: string, user: string, change: { client?: 'a' | 'b'; back?: number } = {}) => {
  const { client, back = 0 } = change;
  const at = back === 0 ? now() : new Date(month(back).start.getTime() + 86_400_000);
  return {
    ...{ id: event, organization: name, meter, quantity: '1', properties: { user } },
    ...{ occurredAt: at.toISOString(), ...(client && { client: `${name}-${client}` }) },
  };
};
const backfill = (events: object[], change: object = {}) =>
  post('/v1/usage-backfills', { id: 'file', events, ...change });
const revert = (dryRun = false) => post('/v1/usage-backfills/file/revert', { dryRun });
const check = async () => (await post('/v1/limits/check', { feature: meter, quantity: '1' })).json;

/** What decides: of this month the organization and each client, and of the month before. */
async function levels(): Promise<string[]> {
  const [a, b] = clients as [ClientId, ClientId];
  const key = { organizationId: id, feature: meter, window: month(0), aggregation: 'unique_count' } as const;
  const wanted = [
    { ...key, clientId: a },
    { ...key, clientId: b },
    { ...key, window: month(1) },
  ];
  const { ledger } = api.container.metering.limits;
  const read = await ledger.allLevels(wanted);
  return [(await check()).used, ...wanted.map((key) => read(key).used)];
}

/** The same, each event looked at by itself. */
async function counted(): Promise<string[]> {
  const { rows } = await api.db.owner.query<{ user: string; client: string | null; at: Date }>(
    `select properties ->> 'user' as user, external_id as client, occurred_at as at
       from usage_events event left join clients on clients.organization_id = $1 and clients.id = client_id
      where event.organization_id = $1 and kind = 'usage' and meter = $2
        and not exists (select from usage_events taken where taken.organization_id = $1 and taken.kind = 'void'
                           and taken.adjusts_event_id = event.id)`,
    [id, meter],
  );
  const different = (of: (row: (typeof rows)[number]) => boolean) =>
    String(new Set(rows.filter(of).map(({ user }) => user)).size);
  const isNow = ({ at }: { at: Date }) => at >= month(0).start;
  return [
    different(isNow),
    different((row) => isNow(row) && row.client === `${name}-a`),
    different((row) => isNow(row) && row.client === `${name}-b`),
    different(({ at }) => at >= month(1).start && at < month(1).end),
  ];
}

/** Levels as they are decided on, once they are what the events say, and so is everything else that is kept. */
async function agreed(): Promise<string> {
  const decided = await levels();
  expect(decided).toEqual(await counted());
  const { ownerUrl } = api.db;
  expect(await rebuildProjections({ ownerUrl, write: false })).toMatchObject({
    ...{ different: 0, differentParts: 0, differentValues: 0 },
  });
  return decided.join(' ');
}

const file = () => [
  used('f-ann', 'ann', { client: 'b' }),
  used('f-cid', 'cid', { client: 'a' }),
  used('f-dan-1', 'dan', { client: 'a' }),
  used('f-dan-2', 'dan', { client: 'b' }),
  used('f-ann-old', 'ann', { client: 'b', back: 1 }),
  used('f-eve-old', 'eve', { back: 1 }),
  used('f-fay-older', 'fay', { back: 2 }),
];
const here = [
  () => used('ann-1', 'ann', { client: 'a' }),
  () => used('bob-1', 'bob'),
  () => used('ann-old', 'ann', { client: 'a', back: 1 }),
];
const totalsOf = ({ json }: Awaited<ReturnType<typeof backfill>>, side: 'before' | 'after') =>
  json.periods.map((period: Record<string, unknown>) => `${period.isClosed} ${period[side]}`);

describe('a backfill of different values', () => {
  it.each([
    ['are known before it', 0],
    ['are first asked for when it is there', 1],
    ['are first asked for when it was taken back', 2],
  ])('counts like other usage, and leaves nothing when it goes, where totals %s', async (_, firstLook) => {
    const look = async (step: number, levels: string) => {
      if (firstLook <= step) expect(await agreed()).toBe(levels);
    };
    await backfill(
      here.map((event) => event()),
      { id: 'here' },
    );
    await look(0, '2 1 0 1');
    const events = file();
    const preview = await backfill(events, { dryRun: true });
    const stored = await backfill(events);
    expect(stored.json).toMatchObject({ accepted: 7, results: preview.json.results });
    expect(totalsOf(preview, 'before')).toEqual(['false 2', 'true 1', 'true 0']);
    expect(totalsOf(stored, 'before')).toEqual(totalsOf(preview, 'before'));
    expect(totalsOf(stored, 'after')).toEqual(['false 4', 'true 2', 'true 1']);
    await look(1, '4 3 2 2');
    const dry = await revert(true);
    const back = await revert();
    expect([dry.json, back.json]).toMatchObject([{ reverted: 7 }, { reverted: 7, remaining: 0 }]);
    expect(totalsOf(dry, 'before')).toEqual(totalsOf(stored, 'after'));
    expect(totalsOf(back, 'after')).toEqual(totalsOf(stored, 'before'));
    expect(await agreed()).toBe('2 1 0 1');
    expect((await revert()).json).toMatchObject({ reverted: 0, remaining: 0 });
    expect(await agreed()).toBe('2 1 0 1');
  });

  it('takes back what others have not used or taken back meanwhile', async () => {
    expect(await agreed()).toBe('0 0 0 0');
    await backfill(file());
    expect(await agreed()).toBe('3 2 2 2');
    await post('/v1/usage-events', { events: [used('cid-live', 'cid', { client: 'b' })] });
    await post('/v1/usage-events/f-ann/void');
    await post('/v1/usage-events/f-dan-1/amend', { quantity: '7' });
    expect(await agreed()).toBe('2 2 2 2');
    expect((await revert()).json).toMatchObject({ reverted: 6, remaining: 0 });
    expect(await agreed()).toBe('1 0 1 0');
    await post('/v1/usage-events', { events: [used('ann-live', 'ann'), used('ann-more', 'ann')] });
    expect(await agreed()).toBe('2 0 1 0');
  });

  it('is refused and granted by limits and budgets as its values come and go', async () => {
    const plan = { family: 'people', plan: 'paid', paymentMethod: 'pm_card_visa' };
    const limited = await check();
    expect([limited.decision, limited.used, limited.limit]).toEqual(['allowed', '0', '3']);
    await backfill([used('f-1', 'ann'), used('f-2', 'bob'), used('f-3', 'cid'), used('f-4', 'cid')]);
    expect(await check()).toMatchObject({ decision: 'blocked', reason: 'limit_reached', used: '3' });
    await revert();
    expect(await check()).toMatchObject({ decision: 'allowed', used: '0' });

    expect((await own('POST', 'billing/subscriptions', plan)).status).toBe(201);
    await own('PUT', 'budget', { amountMinor: '300', onReached: 'block' });
    const call = async () => {
      const { json } = await post('/v1/limits/consume', { feature: 'call', quantity: '1' });
      return json.reason ?? json.decision;
    };
    expect(await call()).toBe('allowed');
    const late = { id: 'late' };
    await backfill([used('g-1', 'ann'), used('g-2', 'bob'), used('g-3', 'bob')], late);
    expect(await call()).toBe('budget_reached');
    await post('/v1/usage-backfills/late/revert');
    expect([await call(), await call(), await call()]).toEqual(['allowed', 'allowed', 'budget_reached']);
  });
});

it('a threshold is told once its counter is whole, however many looks that takes', async () => {
  const { container } = api;
  const { ingest: pool, worker: finder } = api.db.database;
  const counting = { eventsPerPart: 2, msMax: 0 };
  const ledger = createLimitLedger({ pool, finder, nextId: () => container.ids.next(), counting });
  const { metering, unitOfWork } = container;
  const job = createLimitAlertsJob({
    unitOfWork,
    metering: { ...metering, limits: { ...metering.limits, ledger } },
  });
  const look = () => job.run({ isHurried: true, deferred: new Set<string>(), isStopping: () => false });
  await look();
  const early = now().getTime() - 60_000;
  const events = ['ann', 'ann', 'bob', 'bob', 'cid'].map((user, n) => ({
    ...used(`told-${n}`, user),
    occurredAt: new Date(early + n).toISOString(),
  }));
  expect((await post('/v1/usage-events', { events })).json).toMatchObject({ accepted: 5 });
  const fired = [await look(), await look(), await look(), await look()];
  expect(fired).toEqual([0, 0, 2, 0]);
});
