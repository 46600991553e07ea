import { createHash } from 'node:crypto';
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
  ({ key } = await api.addApiKey(['usage:write', 'usage:correct', 'limits:consume', 'limits:check']));
});
afterAll(() => api.stop());

const post = (path: string, body: object) =>
  api.rest({ method: 'POST', path, key, body: { organization: 'acme', ...body } });
const correct = (id: string, change: 'void' | 'amend', body: object = {}) =>
  post(`/v1/usage-events/${encodeURIComponent(id)}/${change}`, { reason: 'reported wrongly', ...body });
const report = async (id: string, quantity: string, meter = 'execution') => {
  const occurredAt = api.container.clock.now().toISOString();
  const body = { events: [{ id, organization: 'acme', meter, quantity, occurredAt }] };
  expect((await post('/v1/usage-events', body)).json.accepted).toBe(1);
};
const used = async () => (await post('/v1/limits/check', { feature: 'execution', quantity: '0' })).json.used;
const agreeing = async () => {
  const { rows } = await api.db.owner.query(
    `select (select sum(quantity) from usage_events where organization_id = $1)
          = (select sum(quantity) from usage_buckets where organization_id = $1) as totals,
            (select sum(case kind when 'usage' then 1 when 'void' then -1 else 0 end) from usage_events where organization_id = $1)
          = (select sum(event_count) from usage_buckets where organization_id = $1) as counts`,
    [acme],
  );
  return rows[0];
};

describe('a correction', () => {
  it('takes an event back once, whatever is sent again, and leaves the original as it was', async () => {
    await report('call/1', '10');
    expect(await used()).toBe('10');
    const first = await correct('call/1', 'void');
    expect(first.json).toMatchObject({ adjusts: 'call/1', kind: 'void', quantity: '-10' });
    expect((await correct('call/1', 'void')).json).toEqual(first.json);
    expect((await correct('call/1', 'amend', { quantity: '3' })).json.error.code).toBe(
      'USAGE_ALREADY_VOIDED',
    );
    expect(await used()).toBe('0');
    const { rows } = await api.db.owner.query(`select quantity::float from usage_events where id = 'call/1'`);
    expect(rows).toEqual([{ quantity: 10 }]);
  });

  it('brings an event to its right quantity, several times if need be, and never below zero', async () => {
    await report('e2', '5');
    expect((await correct('e2', 'amend', { quantity: '7.5' })).json).toMatchObject({
      kind: 'amend',
      quantity: '2.5',
    });
    expect((await correct('e2', 'amend', { quantity: '2' })).json.quantity).toBe('-5.5');
    expect((await correct('e2', 'amend', { quantity: '2.0' })).json.quantity).toBe('-5.5');
    expect((await correct('e2', 'amend', { quantity: '-1' })).status).toBe(422);
    expect(await used()).toBe('2');
    await correct('e2', 'void');
    expect(await used()).toBe('0');
  });

  it('finds an id of its own where a sender has taken the one it would get', async () => {
    await report('e-own', '5');
    const suffix = createHash('sha256').update('e-own').digest('hex').slice(0, 40);
    await report(`void-1-${suffix}`, '0');
    const first = await correct('e-own', 'void');
    expect(first.json).toMatchObject({ adjusts: 'e-own', kind: 'void', id: `void-2-${suffix}` });
    expect((await correct('e-own', 'void')).json).toEqual(first.json);
  });

  it('happens once under 20 parallel calls', async () => {
    await report('e3', '4');
    const answers = await Promise.all(Array.from({ length: 20 }, () => correct('e3', 'void')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await used()).toBe('0');
  });

  it('keeps roll-ups equal to the events, and leaves an audit row with the reason', async () => {
    expect(await agreeing()).toEqual({ totals: true, counts: true });
    const { rows } = await api.db.owner.query(
      `select action, reason from audit_log where organization_id = $1 and target_id = 'call/1'`,
      [acme],
    );
    expect(rows).toEqual([{ action: 'usage_event.voided', reason: 'reported wrongly' }]);
  });

  it('needs its scope, a reason and an event of this organization', async () => {
    await report('e4', '1');
    expect((await correct('e4', 'void', { reason: ' ' })).status).toBe(422);
    expect((await correct('e4', 'void', { organization: 'other' })).status).toBe(404);
    expect((await correct('nope', 'void')).status).toBe(404);
    const writer = await api.addApiKey(['usage:write']);
    const body = { organization: 'acme', reason: 'no right' };
    expect(
      (await api.rest({ method: 'POST', path: '/v1/usage-events/e4/void', key: writer.key, body })).status,
    ).toBe(403);
  });

  it('is not made when its audit row cannot be written', async () => {
    await report('audited', '6');
    await api.db.owner.query('revoke insert on audit_log from mg_app');
    try {
      expect((await correct('audited', 'void')).status).toBe(500);
    } finally {
      await api.db.owner.query('grant insert on audit_log to mg_app');
    }
    const { rows } = await api.db.owner.query(
      `select count(*)::int as count from usage_events where adjusts_event_id = 'audited'`,
    );
    expect(rows).toEqual([{ count: 0 }]);
    expect((await correct('audited', 'void')).status).toBe(200);
  });
});
