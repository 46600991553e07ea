import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
let acme: OrganizationId;

beforeAll(async () => {
  api = await startTestApi();
  acme = await api.addOrganization('acme');
  await api.addOrganization('other');
  ({ key } = await api.addApiKey(['usage:write', 'usage:backfill']));
});
afterAll(() => api.stop());

const day = 86_400_000;
const daysAgo = (days: number) => new Date(api.container.clock.now().getTime() - days * day).toISOString();
const backfill = (body: object, withKey = key) =>
  api.rest({
    method: 'POST',
    path: '/v1/usage-backfills',
    key: withKey,
    body: { organization: 'acme', reason: 'the collector was down', ...body },
  });
const event = (id: string, occurredAt: string, more: object = {}) => ({
  id,
  meter: 'execution',
  quantity: '4',
  occurredAt,
  ...more,
});
const stored = async () => {
  const { rows } = await api.db.owner.query(
    `select count(*)::int as events, coalesce(sum(quantity), 0)::int as total,
            (select count(*)::int from audit_log where organization_id = $1 and action = 'usage.backfilled') as audited
       from usage_events where organization_id = $1`,
    [acme],
  );
  return rows[0];
};

describe('a backfill', () => {
  it('shows in a dry run what it would change, and changes nothing', async () => {
    const at = daysAgo(100);
    const answer = await backfill({ dryRun: true, events: [event('old-1', at), event('old-2', at), 7] });
    expect(answer.json).toMatchObject({ dryRun: true, accepted: 2, duplicates: 0, rejected: 1 });
    expect(answer.json.periods).toMatchObject([
      { meter: 'execution', isClosed: true, before: '0', after: '8' },
    ]);
    expect(await stored()).toEqual({ events: 0, total: 0, audited: 0 });
  });

  it('stores usage of any age once, with its reason in the audit log', async () => {
    const events = [event('old-3', daysAgo(100)), event('new-3', daysAgo(0))];
    const first = await backfill({ events });
    expect(first.json).toMatchObject({ dryRun: false, accepted: 2 });
    expect(first.json.periods).toMatchObject([
      { isClosed: true, before: '0', after: '4' },
      { isClosed: false, before: '0', after: '4' },
    ]);
    expect((await backfill({ events })).json).toMatchObject({ accepted: 0, duplicates: 2, periods: [] });
    expect(await stored()).toEqual({ events: 2, total: 8, audited: 2 });
  });

  it('tells which ids are taken by other content, without storing', async () => {
    const events = [event('old-3', daysAgo(100), { quantity: '5' })];
    const { json } = await backfill({ dryRun: true, events });
    expect(json.results).toMatchObject([{ id: 'old-3', status: 'rejected', code: 'USAGE_EVENT_ID_REUSED' }]);
  });

  it('belongs to the organization it names, whatever its events say', async () => {
    const events = [event('other-1', daysAgo(1), { organization: 'other' })];
    expect((await backfill({ events })).json).toMatchObject({ accepted: 0, rejected: 1 });
  });

  it('needs a reason, and the scope', async () => {
    expect((await backfill({ reason: ' ', events: [event('x', daysAgo(1))] })).status).toBe(422);
    const { key: writer } = await api.addApiKey(['usage:write']);
    expect((await backfill({ events: [event('x', daysAgo(1))] }, writer)).status).toBe(403);
  });
});
