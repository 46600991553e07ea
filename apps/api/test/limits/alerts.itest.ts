import type { OrganizationId } from '@metergate/core';
import { fireAlerts } from '@metergate/core/limits/alerts/fire-alerts';
import { consumeLimit } from '@metergate/core/limits/consume-limit';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { databaseUnavailable } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOverride, overrideLimit } from '../../src/admin/override-limit.ts';
import type { Container } from '../../src/container.ts';
import { createLimitAlertsJob } from '../../src/jobs/metering.job.ts';
import { limitReadingOf } from '../../src/usage/limit-reading.ts';
import { callRest, startTestApi, type TestApi } from '../start-test-api.ts';
import { lab } from './lab-family.ts';
import { startSecondInstance } from './second-instance.ts';

let api: TestApi;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;

beforeAll(async () => {
  api = await startTestApi({}, [lab]);
  second = await startSecondInstance(api, {}, [lab]);
  ({ key } = await api.addApiKey(['usage:write', 'usage:correct', 'limits:check', 'limits:consume']));
}, 60_000);
afterAll(async () => {
  await second.stop();
  await api.stop();
});

let made = 0;
async function organization(): Promise<{ id: OrganizationId; name: string }> {
  made += 1;
  const name = `told-${made}`;
  return { id: await api.addOrganization(name), name };
}

const post = (path: string, body: unknown, url = api.url) =>
  callRest(url, { method: 'POST', path, key, body });
const consume = (body: object, url?: string) =>
  post('/v1/limits/consume', { feature: 'call', quantity: '1', ...body }, url);

async function record(organization: string, quantity: string, id: string): Promise<void> {
  const occurredAt = api.container.clock.now().toISOString();
  const event = { id, organization, meter: 'call', quantity, occurredAt };
  expect((await post('/v1/usage-events', { events: [event] })).json.accepted).toBe(1);
}

const pass = { isHurried: true, deferred: new Set<string>(), isStopping: () => false };
const look = (container: Pick<Container, 'metering' | 'unitOfWork'> = api.container) =>
  createLimitAlertsJob(container).run(pass);

/** Thresholds that were recorded, oldest window first, and the subjects of the mails. */
async function told(id: OrganizationId) {
  const { rows } = await api.db.owner.query(
    `select (select coalesce(array_agg(feature || ' ' || threshold order by feature, window_start, threshold), '{}')
               from alerts_fired where organization_id = $1) as fired,
            (select coalesce(array_agg(subject order by subject), '{}') from emails
              where organization_id = $1 and template = 'limit_alert') as mails`,
    [id],
  );
  return rows[0];
}

const staff = {
  kind: 'staff' as const,
  userId: 'usr_staff',
  email: 'ops@example.test',
  role: 'super_admin' as const,
};

describe('a threshold', () => {
  it('is told once by two processes that look at the same moment', async () => {
    const { id, name } = await organization();
    const features = ['call', 'burst', 'daily'];
    for (const [n, feature] of features.entries()) {
      const quantity = feature === 'call' ? '9' : '4';
      expect((await consume({ organization: name, feature, quantity })).status).toBe(200);
      // In another order than the first process has heard of them.
      second.container.metering.touched.lookAt(id, features.slice(n).toReversed());
    }
    const counts = await Promise.all([look(), look(second.container), look(), look(second.container)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    const { fired, mails } = await told(id);
    expect(fired).toEqual(['burst 80', 'call 80', 'daily 80']);
    expect(mails).toHaveLength(3);
  });

  it('is not told again when a correction takes the total below it and it rises again', async () => {
    const { id, name } = await organization();
    await record(name, '9', 'many');
    expect(await look()).toBe(1);
    const correct = (what: string, body: object) =>
      post(`/v1/usage-events/many/${what}`, { organization: name, reason: 'by mistake', ...body });
    expect((await correct('amend', { quantity: '2' })).status).toBe(200);
    expect(await look()).toBe(0);
    expect((await consume({ organization: name, quantity: '7' })).status).toBe(200);
    expect(await look()).toBe(0);
    // What a correction adds is usage like any other.
    expect((await correct('amend', { quantity: '3' })).status).toBe(200);
    expect(await look()).toBe(1);
    expect(await told(id)).toMatchObject({ fired: ['call 80', 'call 100'] });
  });

  it('is armed again by the next window, and only by that', async () => {
    const { id } = await organization();
    const hourMs = 3_600_000;
    const hour = Math.floor(api.container.clock.now().getTime() / hourMs) * hourMs;
    const at = (instant: number) => ({
      ...api.container.metering.limits,
      alertReader: api.container.metering.alertReader,
      unitOfWork: api.container.unitOfWork,
      clock: { now: () => new Date(instant) },
    });
    const fireAt = async (instant: number) => {
      const input = { feature: 'burst', quantity: '2' };
      await consumeLimit(at(instant), { organizationId: id, input });
      return await fireAlerts(at(instant), { organizationId: id, features: new Set(['burst']) });
    };
    expect(await fireAt(hour - hourMs)).toBe(0);
    expect(await fireAt(hour - 1)).toBe(1);
    expect(await fireAt(hour - 1)).toBe(0);
    expect(await fireAt(hour)).toBe(0);
    expect(await fireAt(hour + 1)).toBe(1);
    expect((await told(id)).fired).toEqual(['burst 80', 'burst 80']);
    const lastAlertAt = async (instant: number) => {
      const deps = { ...limitReadingOf(api.container), clock: { now: () => new Date(instant) } };
      const limits = await listLimits(deps, { organizationId: id });
      return limits.find(({ feature }) => feature === 'burst')?.lastAlert?.firedAt ?? null;
    };
    expect(await lastAlertAt(hour + 2)).toBe(new Date(hour + 1).toISOString());
    // A window in which nothing was told yet shows nothing of the one before.
    expect(await lastAlertAt(hour + hourMs)).toBeNull();
  });

  it('that a lowered limit reaches is told with the next refusal, and by staff at once', async () => {
    const { id, name } = await organization();
    await consume({ organization: name, quantity: '7' });
    expect(await look()).toBe(0);
    await api.db.owner.query(
      `insert into limit_overrides (organization_id, id, feature, limit_quantity, unlimited, reason, created_by)
       values ($1, $2, 'call', 7, false, 'agreed', 'test')`,
      [id, api.container.ids.next()],
    );
    api.container.metering.entitlements.forget(id);
    expect((await consume({ organization: name })).status).toBe(402);
    expect(await look()).toBe(2);
    const limits = await listLimits(limitReadingOf(api.container), { organizationId: id });
    expect(limits.map(({ feature, lastAlert }) => [feature, lastAlert?.threshold])).toEqual(
      limits.map(({ feature }) => [feature, feature === 'call' ? 100 : undefined]),
    );
    // One mail, of the highest.
    expect(await told(id)).toMatchObject({
      fired: ['call 80', 'call 100'],
      mails: ['call: 100 % of the limit used'],
    });
    const other = await organization();
    await consume({ organization: other.name, quantity: '7' });
    await look();
    const agreed = { feature: 'call', limit: '8', reason: 'agreed', expiresAt: null };
    await overrideLimit(api.container, { actor: staff, organizationId: other.id }, agreed);
    expect(await look()).toBe(1);
    await endOverride(api.container, { actor: staff, organizationId: other.id }, agreed);
    expect(await look()).toBe(0);
    expect((await told(other.id)).fired).toEqual(['call 80']);
  });

  it('is not told again in the same window when the limit was raised', async () => {
    const { id, name } = await organization();
    await consume({ organization: name, quantity: '8' });
    expect(await look()).toBe(1);
    const raised = { feature: 'call', limit: '20', reason: 'agreed', expiresAt: null };
    await overrideLimit(api.container, { actor: staff, organizationId: id }, raised);
    await consume({ organization: name, quantity: '9' });
    expect(await look()).toBe(0);
    await consume({ organization: name, quantity: '3' });
    expect(await look()).toBe(1);
    expect((await told(id)).fired).toEqual(['call 80', 'call 100']);
  });

  it('that was told, or is not reached yet, opens no transaction', async () => {
    const { id, name } = await organization();
    const { unitOfWork } = api.container;
    const opened: OrganizationId[] = [];
    const counted: Container['unitOfWork'] = {
      run: (organizationId, work) => {
        opened.push(organizationId);
        return unitOfWork.run(organizationId, work);
      },
    };
    const lookAfter = async (quantity: string) => {
      await consume({ organization: name, quantity });
      opened.length = 0;
      await look({ ...api.container, unitOfWork: counted });
      return opened;
    };
    expect(await lookAfter('7')).toEqual([]);
    expect(await lookAfter('1')).toEqual([id]);
    expect(await lookAfter('1')).toEqual([]);
    // Thresholds of its own are known with the next look, also below one that was told.
    await unitOfWork.run(id, ({ alerts }) =>
      alerts.putRule(id, { feature: 'call', thresholds: [50, 80], recipients: [] }),
    );
    api.container.metering.touched.lookAt(id, ['call']);
    expect(await look()).toBe(1);
    expect((await told(id)).fired).toEqual(['call 50', 'call 80']);
  });

  it('is looked at again when the database was away, and the others are not held up', async () => {
    const [first, last] = [await organization(), await organization()];
    for (const { name } of [first, last]) await consume({ organization: name, quantity: '8' });
    const { unitOfWork } = api.container;
    const away: Container['unitOfWork'] = {
      run: (organizationId, work) =>
        organizationId === first.id
          ? Promise.reject(databaseUnavailable(new Error('away')))
          : unitOfWork.run(organizationId, work),
    };
    await expect(look({ ...api.container, unitOfWork: away })).rejects.toThrow();
    expect((await told(first.id)).fired).toEqual([]);
    expect((await told(last.id)).fired).toEqual(['call 80']);
    expect(await look()).toBe(1);
    expect((await told(first.id)).fired).toEqual(['call 80']);
  });
});

it('a consume that is asked again after its window ended is answered with the end of that window', async () => {
  const { id } = await organization();
  const hourMs = 3_600_000;
  const hour = Math.floor(api.container.clock.now().getTime() / hourMs) * hourMs;
  const take = (instant: number, quantity: string, name: string) =>
    consumeLimit(
      { ...api.container.metering.limits, clock: { now: () => new Date(instant) } },
      { organizationId: id, input: { feature: 'burst', quantity, id: name } },
    );
  const first = await take(hour - 1, '3', 'first');
  expect(first).toMatchObject({ decision: 'allowed', used: '3', resetsAt: new Date(hour).toISOString() });
  expect(await take(hour, '3', 'first')).toEqual(first);
  // A refusal is decided anew: the next window has room, and ends an hour later.
  expect(await take(hour - 1, '3', 'refused')).toMatchObject({
    decision: 'blocked',
    resetsAt: first.resetsAt,
  });
  expect(await take(hour, '3', 'refused')).toMatchObject({
    ...{ decision: 'allowed', used: '3', resetsAt: new Date(hour + hourMs).toISOString() },
  });
});
