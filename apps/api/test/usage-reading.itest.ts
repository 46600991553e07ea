import type { OrganizationId } from '@metergate/core';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { readUsageSeries } from '@metergate/core/usage/reading/read-usage-series';
import { readUsageSummary } from '@metergate/core/usage/reading/read-usage-summary';
import { checkInvariants, countQueries, currentQueryCount } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimitAlertsJob } from '../src/jobs/metering.job.ts';
import { limitReadingOf } from '../src/usage/limit-reading.ts';
import { publicOrganizationId, startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
let cookie: string;
let acme: OrganizationId;
const now = new Date('2027-03-31T12:00:00.000Z');

beforeAll(async () => {
  api = await startTestApi();
  const person = await api.signUp('owner@example.test');
  cookie = person.cookie;
  acme = await api.addOrganization('acme', { [person.userId]: 'owner' });
  ({ key } = await api.addApiKey(['usage:write', 'usage:read', 'entitlements:read']));
  api.container.clock.setOffsetMs(now.getTime() - Date.now());
  await api.db.owner.query(`update organizations set time_zone = 'Europe/Berlin' where id = $1`, [acme]);
  await api.db.owner.query(
    `insert into clients (organization_id, id, external_id, name, status) values ($1, $2, 'c1', 'First', 'active')`,
    [acme, api.container.ids.next()],
  );
  await record('execution', [
    ['2027-02-28T23:59:59.999Z', '1000'],
    ['2027-03-01T00:00:00Z', '10'],
    ['2027-03-27T22:30:00Z', '20'],
    ['2027-03-27T23:00:00Z', '5', 'c1'],
    ['2027-03-28T21:59:59Z', '7'],
    ['2027-03-28T22:00:00Z', '100.5'],
  ]);
});
afterAll(() => api.stop());

let made = 0;
async function record(meter: string, events: [at: string, quantity: string, client?: string][]) {
  const body = {
    events: events.map(([occurredAt, quantity, client]) => {
      made += 1;
      return { id: `e${made}`, organization: 'acme', meter, quantity, occurredAt, client };
    }),
  };
  const answer = await api.rest({ method: 'POST', path: '/v1/usage-events', key, body });
  expect(answer.json.rejected, answer.text).toBe(0);
}

const query = async (path: string, input: object = {}) => {
  const answer = await api.trpc({ path, type: 'query', input: { organization: 'acme', ...input }, cookie });
  expect(answer.status, answer.text).toBe(200);
  return answer.json.result.data;
};
const series = (input: object) => query('usage.series', { meter: 'execution', ...input });

describe('the series', () => {
  it('cuts days at local midnight, also the day of 23 hours, and adds up to the total', async () => {
    const view = await series({ from: '2027-03-26T23:00:00Z', to: '2027-03-29T22:00:00Z', compare: true });
    expect(
      view.points.map(({ start, quantity }: { start: string; quantity: string }) => [start, quantity]),
    ).toEqual([
      ['2027-03-26T23:00:00.000Z', '20'],
      ['2027-03-27T23:00:00.000Z', '12'],
      ['2027-03-28T22:00:00.000Z', '100.5'],
    ]);
    expect(view).toMatchObject({ total: '132.5', timeZone: 'Europe/Berlin', forecast: null });
    expect(view.previous).toHaveLength(3);
  });

  it('counts the first instant of a period and not the one before, compares with the period before, and looks ahead', async () => {
    const view = await series({ granularity: 'period', compare: true });
    expect(view).toMatchObject({
      from: '2027-03-01T00:00:00.000Z',
      to: '2027-04-01T00:00:00.000Z',
      total: '142.5',
      limit: '10000',
    });
    expect(view.previous).toEqual([{ start: '2027-02-01T00:00:00.000Z', quantity: '1000' }]);
    expect(Number(view.forecast.total)).toBeGreaterThan(142.5);
    expect(Number(view.forecast.low)).toBeLessThan(Number(view.forecast.high));
    expect(view.forecast.limitReachedAt).toBeNull();
  });

  it('is exact for spans that begin inside a quarter of an hour', async () => {
    const view = await series({
      from: '2027-03-28T21:59:59Z',
      to: '2027-03-28T22:00:00Z',
      granularity: 'hour',
    });
    expect(view.total).toBe('7');
    expect(view.points).toHaveLength(1);
  });

  it('groups by a property that the meter names', async () => {
    const view = await series({ granularity: 'period', groupBy: 'agent' });
    expect(view.groups).toEqual(['client', 'agent']);
    expect(view.points).toMatchObject([{ group: 'none', quantity: '142.5' }]);
    const path = '/v1/organizations/acme/usage?meter=execution&granularity=period&groupBy=agent';
    const rest = await api.rest({ method: 'GET', path, key });
    expect(rest.json.points).toMatchObject([{ group: 'none', quantity: '142.5' }]);
  });

  it('groups by client', async () => {
    const view = await series({ granularity: 'period', groupBy: 'client' });
    const groups = new Map(
      view.points.map((point: { group: string; quantity: string }) => [
        point.group.slice(0, 4),
        point.quantity,
      ]),
    );
    expect(Object.fromEntries(groups)).toEqual({ none: '137.5', cli_: '5' });
  });

  it.each([
    [{ meter: 'nope' }, 422],
    [{ groupBy: 'constructor' }, 422],
    [{ groupBy: "agent' or 1=1 --" }, 422],
    [{ groupBy: 'x'.repeat(61) }, 400],
    [{ granularity: '$1' }, 400],
    [{ from: "2027-03-01'; --" }, 400],
    [{ meter: "'; drop table usage_events; --" }, 422],
    [{ from: '2027-03-02T00:00:00Z', to: '2027-03-01T00:00:00Z' }, 400],
    [{ from: '2020-01-01T00:00:00Z', to: '2027-03-01T00:00:00Z' }, 400],
    [{ from: '2027-01-01T00:00:00Z', to: '2027-03-01T00:00:00Z', granularity: 'hour' }, 400],
  ])('U23 refuses %j', async (input, status) => {
    const answer = await api.trpc({
      path: 'usage.series',
      type: 'query',
      input: { organization: 'acme', meter: 'execution', ...input },
      cookie,
    });
    expect(answer.status).toBe(status);
  });
});

it('the summary, the REST series and the check against the sender tell the same total', async () => {
  const summary = await query('usage.summary');
  const meter = summary.meters.find((one: { meter: string }) => one.meter === 'execution');
  expect(meter).toMatchObject({ used: '142.5', included: '10000', onLimit: 'block' });
  const rest = await api.rest({ method: 'GET', path: '/v1/organizations/acme/usage?meter=execution', key });
  expect(rest.json.total).toBe('142.5');
  const check = (total: string) =>
    api.rest({
      method: 'POST',
      path: '/v1/usage-checks',
      key,
      body: {
        organization: 'acme',
        meter: 'execution',
        from: '2027-03-01T00:00:00Z',
        to: '2027-04-01T00:00:00Z',
        count: 5,
        total,
      },
    });
  expect((await check('142.50')).json).toEqual({ equal: true, ours: { count: 5, total: '142.5' } });
  expect((await check('142')).json.equal).toBe(false);
});

describe('the check against the sender', () => {
  const span = { from: '2027-03-01T00:00:00Z', to: '2027-04-01T00:00:00Z' };
  const check = (body: object) =>
    api.rest({
      method: 'POST',
      path: '/v1/usage-checks',
      key,
      body: { organization: 'acme', meter: 'execution', ...span, count: 5, total: '142.5', ...body },
    });

  it('is kept for people, the last of each span, those that differ first', async () => {
    await check({ from: '2027-03-02T00:00:00Z', count: 0, total: '-1' });
    const twins = await Promise.all(Array.from({ length: 8 }, () => check({ to: '2027-03-31T00:00:00Z' })));
    expect(twins.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await api.db.owner.query(`delete from usage_checks where span_end = '2027-03-31T00:00:00Z'`);
    await check({});
    await check({ client: 'c1', count: 1, total: '1' });
    const listed = await query('usage.checks');
    const rest = await api.rest({ method: 'GET', path: '/v1/organizations/acme/usage-checks', key });
    expect(rest.json.items).toEqual(listed);
    expect(listed.map((one: { equal: boolean }) => one.equal)).toEqual([false, false, true]);
    const whole = listed.find(
      (one: { client: string | null; equal: boolean }) => one.client === null && one.equal,
    );
    expect(whole).toMatchObject({ theirs: { count: 5, total: '142.5' }, ours: { count: 5, total: '142.5' } });
    const ofClient = listed.find((one: { client: string | null }) => one.client !== null);
    expect(ofClient).toMatchObject({
      client: expect.stringMatching(/^cl/),
      theirs: { count: 1, total: '1' },
    });
    const broken = await checkInvariants(api.container.database.platform, api.container.clock.now());
    expect(broken.find(({ key: rule }) => rule === 'senders_agree')?.violations).toBe(2);
    await check({ from: '2027-03-02T00:00:00Z', ...listed[0].ours });
  });

  it.each([
    [{ meter: 'nope' }, 422, 'METER_UNKNOWN'],
    [{ client: 'nobody' }, 422, 'CLIENT_UNKNOWN'],
    [{ total: '1,000' }, 422, 'QUANTITY_INVALID'],
    [{ total: 1e300 }, 422, 'QUANTITY_INVALID'],
    [{ count: -1 }, 422, 'INVALID_INPUT'],
    [{ count: 1.5 }, 422, 'INVALID_INPUT'],
    [{ to: span.from }, 400, 'SPAN_INVALID'],
    [{ from: '2027-02-30T00:00:00Z' }, 422, 'INSTANT_INVALID'],
    [{ organization: 'nobody' }, 404, 'NOT_FOUND'],
  ])('refuses %j', async (body, status, code) => {
    const answer = await check(body);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });
});

it('the list of events pages through all of them, newest first, without gaps', async () => {
  await record('call', [
    ['2027-03-27T23:00:00Z', '1'],
    ['2027-03-27T23:00:00Z', '1'],
  ]);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await query('usage.events', { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(
      ...page.items.map((item: { occurredAt: string; id: string }) => `${item.occurredAt} ${item.id}`),
    );
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(8);
  expect(seen).toEqual(seen.toSorted().toReversed());
  expect((await query('usage.events', { client: 'c1' })).items).toHaveLength(1);
  for (const client of ['nobody', '%', "' or 1=1 --", '\\']) {
    expect((await query('usage.events', { client })).items).toHaveLength(0);
  }
});

it('a refused event is listed and can be sent again once its client exists', async () => {
  const body = {
    events: [
      {
        id: 'late',
        organization: 'acme',
        meter: 'call',
        quantity: '1',
        client: 'c2',
        occurredAt: now.toISOString(),
      },
    ],
  };
  await api.rest({ method: 'POST', path: '/v1/usage-events', key, body });
  const [refused] = (await query('usage.rejected')).items;
  expect(refused).toMatchObject({ eventId: 'late', code: 'CLIENT_UNKNOWN', resentAt: null });
  const resend = () =>
    api.trpc({
      path: 'usage.resendRejected',
      type: 'mutation',
      input: { organization: 'acme', id: refused.id },
      cookie,
    });
  expect((await resend()).json.result.data.rejected).toBe(1);
  await api.db.owner.query(
    `insert into clients (organization_id, id, external_id, name, status) values ($1, $2, 'c2', 'Second', 'active')`,
    [acme, api.container.ids.next()],
  );
  expect((await resend()).json.result.data.accepted).toBe(1);
  expect((await resend()).json.result.data.duplicates).toBe(1);
  expect((await query('usage.rejected')).items[0].resentAt).not.toBeNull();
});

it('a test event from the console counts like any other', async () => {
  const answer = await api.trpc({
    path: 'usage.sendTestEvent',
    type: 'mutation',
    input: { organization: 'acme', meter: 'ai_run' },
    cookie,
  });
  expect(answer.json.result.data.accepted).toBe(1);
});

describe('limits and alerts', () => {
  it('list the limit nearest to its end first, and fire each threshold once', async () => {
    const before = await query('limits.list');
    expect(before.find((limit: { feature: string }) => limit.feature === 'execution')).toMatchObject({
      percent: '1.42',
      thresholds: [80, 100],
    });
    const job = createLimitAlertsJob(api.container);
    await job.run({ isHurried: true, deferred: new Set(), isStopping: () => false });
    await record('execution', [[now.toISOString(), '8000']]);
    const run = () => job.run({ isHurried: true, deferred: new Set(), isStopping: () => false });
    expect(await run()).toBe(1);
    await record('execution', [[now.toISOString(), '1']]);
    expect(await run()).toBe(0);
    expect((await query('alerts.fired'))[0]).toMatchObject({ feature: 'execution', threshold: 80 });
    const { rows } = await api.db.owner.query(
      'select to_address, subject from emails where organization_id = $1',
      [acme],
    );
    expect(rows).toEqual([
      { to_address: 'acme@example.test', subject: 'Executions: 80 % of the limit used' },
    ]);
  });

  it('take thresholds of their own, audited', async () => {
    const answer = await api.trpc({
      path: 'limits.setAlert',
      type: 'mutation',
      input: { organization: 'acme', feature: 'execution', thresholds: [90, 50, 50] },
      cookie,
    });
    expect(answer.json.result.data.thresholds).toEqual([50, 90]);
    const { rows } = await api.db.owner.query(`select action from audit_log where organization_id = $1`, [
      acme,
    ]);
    expect(rows).toContainEqual({ action: 'limit_alert.changed' });
  });
});

it('entitlements come in one answer whose ETag changes with their content only', async () => {
  const path = `/v1/organizations/${publicOrganizationId(acme)}/entitlements`;
  const read = (etag?: string | null) =>
    api.rest({ method: 'GET', path, key, headers: etag ? { 'if-none-match': etag } : {} });
  const first = await read();
  expect(first.json.features.execution).toMatchObject({
    kind: 'metered',
    enabled: true,
    limit: '10000',
    used: '8143.5',
  });
  const etag = first.headers.get('etag');
  expect((await read(etag)).status).toBe(304);
  await record('execution', [[now.toISOString(), '1']]);
  expect((await read(etag)).status).toBe(200);
});

it('asks the database as often for every feature, and for hundreds of hours, as for one', async () => {
  const { metering } = api.container;
  const questions = async (work: () => Promise<unknown>) => {
    // The first time rights are loaded and counters are made.
    await work();
    return await countQueries('reading', async () => {
      await work();
      return currentQueryCount()?.count;
    });
  };
  const organizationId = acme;
  const { features } = await metering.readEntitlements(acme);
  expect(Object.values(features).filter(({ used }) => used !== null).length).toBeGreaterThan(10);
  // Begin, one statement and end, of the levels and of the counters; alert rules and what was told are a third reading.
  expect(await questions(() => metering.readEntitlements(acme))).toBe(6);
  expect(await questions(() => listLimits(limitReadingOf(api.container), { organizationId }))).toBe(10);
  // Begin, sums and end; what is no sum is one statement more for each kind.
  expect(await questions(() => readUsageSummary(metering.reading, { organizationId }))).toBeLessThanOrEqual(
    5,
  );
  const ofSeries = (granularity: 'hour' | 'period', groupBy?: string) =>
    questions(() => {
      const input = { meter: 'execution', granularity, groupBy, compare: true };
      return readUsageSeries(metering.reading, { organizationId, input });
    });
  expect([await ofSeries('period'), await ofSeries('hour')]).toEqual([6, 6]);
  expect([await ofSeries('period', 'client'), await ofSeries('hour', 'client')]).toEqual([9, 9]);
});
