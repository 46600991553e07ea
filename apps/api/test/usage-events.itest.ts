import { connect } from 'node:net';
import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicOrganizationId, startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
let acme: OrganizationId;
let other: OrganizationId;

beforeAll(async () => {
  api = await startTestApi();
  [acme, other] = [await api.addOrganization('acme'), await api.addOrganization('other')];
  ({ key } = await api.addApiKey(['usage:write']));
  for (const [organizationId, name] of [
    [acme, 'ours'],
    [other, 'theirs'],
  ] as const) {
    await api.db.owner.query(
      `insert into clients (organization_id, id, external_id, name, status) values ($1, $2, $3, $3, 'active')`,
      [organizationId, api.container.ids.next(), name],
    );
  }
});
afterAll(() => api.stop());

let counter = 0;
const now = () => api.container.clock.now();
const event = (change: Record<string, unknown> = {}) => {
  counter += 1;
  const occurredAt = now().toISOString();
  return { id: `e-${counter}`, organization: 'acme', meter: 'message', quantity: '1', occurredAt, ...change };
};
const post = (body: unknown, using = key) =>
  api.rest({ method: 'POST', path: '/v1/usage-events', key: using, body });
const record = async (...events: unknown[]) => {
  const answer = await post({ events });
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
};
const total = async (organizationId: OrganizationId, meter = 'message') => {
  const { rows } = await api.db.owner.query(
    `select coalesce(sum(quantity), 0)::text as total from usage_buckets where organization_id = $1 and meter = $2`,
    [organizationId, meter],
  );
  return Number(rows[0].total);
};
const at = (ms: number) => new Date(now().getTime() + ms).toISOString();
const dayMs = 86_400_000;

describe('one event of a batch', () => {
  it.each<[string, () => Record<string, unknown>, string, number]>([
    ['U1 negative quantity', () => ({ quantity: -5 }), 'QUANTITY_INVALID', 422],
    ['U2 null', () => ({ quantity: null }), 'QUANTITY_INVALID', 422],
    ['U2 "Infinity"', () => ({ quantity: 'Infinity' }), 'QUANTITY_INVALID', 422],
    ['U2 list', () => ({ quantity: [] }), 'QUANTITY_INVALID', 422],
    ['U2 true', () => ({ quantity: true }), 'QUANTITY_INVALID', 422],
    ['U3 1e308', () => ({ quantity: 1e308 }), 'QUANTITY_INVALID', 422],
    ['U3 13 decimals', () => ({ quantity: '0.1234567890123' }), 'QUANTITY_INVALID', 422],
    ['U5 "1,000"', () => ({ quantity: '1,000' }), 'QUANTITY_INVALID', 422],
    ['U5 full-width', () => ({ quantity: '５' }), 'QUANTITY_INVALID', 422],
    ['U12 empty id', () => ({ id: '' }), 'ID_INVALID', 422],
    ['U12 256 bytes', () => ({ id: 'x'.repeat(256) }), 'ID_INVALID', 422],
    ['U12 NUL', () => ({ id: 'a\u0000' }), 'ID_INVALID', 422],
    ['U16 5:01 ahead', () => ({ occurredAt: at(301_000) }), 'OCCURRED_AT_IN_FUTURE', 422],
    ['U16 35 d 1 s back', () => ({ occurredAt: at(-35 * dayMs - 1000) }), 'OCCURRED_AT_TOO_OLD', 422],
    ['U17 30 February', () => ({ occurredAt: '2027-02-30T00:00:00Z' }), 'OCCURRED_AT_INVALID', 422],
    ['U18 unknown meter', () => ({ meter: 'nope' }), 'METER_UNKNOWN', 422],
    ['U19 unknown client', () => ({ client: 'nobody' }), 'CLIENT_UNKNOWN', 422],
    ["U19 another organization's client", () => ({ client: 'theirs' }), 'CLIENT_UNKNOWN', 422],
    ['U20 no quantity', () => ({ quantity: undefined }), 'QUANTITY_INVALID', 422],
    ['U22 meter constructor', () => ({ meter: 'constructor' }), 'METER_UNKNOWN', 422],
    [
      'U26 deep properties',
      () => ({ properties: JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) }),
      'PROPERTIES_INVALID',
      422,
    ],
    ['an unknown organization', () => ({ organization: 'nobody' }), 'ORGANIZATION_UNKNOWN', 404],
  ])('%s is refused and its neighbors count', async (_name, change, code, httpStatus) => {
    const before = await total(acme);
    const answer = await record(event(), event(change()), event());
    expect(answer).toMatchObject({ accepted: 2, duplicates: 0, rejected: 1 });
    expect(answer.results[1]).toMatchObject({ status: 'rejected', code, httpStatus });
    expect(await total(acme)).toBe(before + 2);
  });

  it.each<[string, string]>([
    ['U2 1e309', '{"quantity":1e309}'],
    ['U4 an unsafe integer', '{"quantity":9007199254740993}'],
    ['U12 a lone surrogate', '{"id":"a\\ud800"}'],
    ['U21 __proto__', '{"properties":{"__proto__":{"admin":true}}}'],
  ])('%s is refused as it comes over the wire', async (_name, fields) => {
    const text = JSON.stringify(event()).replace(/}$/, `,${fields.slice(1)}`);
    const answer = await api.rest({
      method: 'POST',
      path: '/v1/usage-events',
      key,
      body: `{"events":[${text}]}`,
    });
    expect(answer.json.results[0].status).toBe('rejected');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('U4 keeps a large integer exactly when it comes as text', async () => {
    const large = event({ quantity: '9007199254740993', organization: 'other', meter: 'call' });
    await record(large);
    const { rows } = await api.db.owner.query('select quantity::text from usage_events where id = $1', [
      large.id,
    ]);
    expect(rows[0].quantity).toBe('9007199254740993.000000000000');
  });

  it('U6 counts zero as an event that adds nothing', async () => {
    const before = await total(acme);
    expect((await record(event({ quantity: 0 }))).accepted).toBe(1);
    expect(await total(acme)).toBe(before);
  });

  it('U8, U9 decides copies within a batch by the first', async () => {
    const first = event();
    const answer = await record(first, first, { ...first, quantity: '2' }, event());
    expect(answer.results.map((result: { status: string }) => result.status)).toEqual([
      'accepted',
      'duplicate',
      'rejected',
      'accepted',
    ]);
    expect(answer.results[2]).toMatchObject({ code: 'USAGE_EVENT_ID_REUSED', httpStatus: 409 });
  });

  it('U10, U11 keeps the first content of an id, per organization and over all meters', async () => {
    const first = event();
    await record(first);
    const answer = await record(
      { ...first, quantity: '7' },
      { ...first, meter: 'call' },
      { ...first, organization: 'other' },
    );
    expect(answer).toMatchObject({ accepted: 1, rejected: 2 });
    expect((await record({ ...first, quantity: '1.0' })).duplicates).toBe(1);
  });

  it('U13, U23 compares ids byte for byte and takes them literally', async () => {
    const ids = [
      'é',
      'e\u0301',
      'KEY',
      'key',
      'key ',
      "'; DROP TABLE usage_events; --",
      '$1',
      '%',
      '_',
      '\\',
    ];
    expect((await record(...ids.map((id) => event({ id })))).accepted).toBe(ids.length);
    expect((await record(...ids.map((id) => event({ id, quantity: '2' })))).rejected).toBe(ids.length);
  });

  it('U14 accepts one of 50 parallel posts', async () => {
    const same = event();
    const before = await total(acme);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post({ events: [same] })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ json }) => json.accepted === 1)).toHaveLength(1);
    expect(answers.filter(({ json }) => json.duplicates === 1)).toHaveLength(49);
    expect(await total(acme)).toBe(before + 1);
  });

  it('U27 reads the last of two equal JSON keys in value and hash alike', async () => {
    const { id, occurredAt } = event();
    const text = `{"id":"${id}","organization":"acme","meter":"message","occurredAt":"${occurredAt}","quantity":"1","quantity":"3"}`;
    await api.rest({ method: 'POST', path: '/v1/usage-events', key, body: `{"events":[${text}]}` });
    expect(
      (await record({ id, organization: 'acme', meter: 'message', quantity: 3, occurredAt })).duplicates,
    ).toBe(1);
  });

  it('names a client by its own id, and the same content by ours is a duplicate', async () => {
    const { rows } = await api.db.owner.query('select id from clients where organization_id = $1', [acme]);
    const first = event({ client: 'ours' });
    expect((await record(first)).accepted).toBe(1);
    const again = {
      ...first,
      organization: publicOrganizationId(acme),
      client: `cli_${rows[0].id.replaceAll('-', '')}`,
    };
    expect((await record(again)).duplicates).toBe(1);
  });

  it('keeps what was refused for the console, whatever characters it has', async () => {
    const id = `kept-${now().getTime()}`;
    await record(event({ id, meter: 'nope', properties: { a: '\u0000\ud800' } }));
    const { rows } = await api.db.owner.query('select code from rejected_events where event_id = $1', [id]);
    expect(rows).toEqual([{ code: 'METER_UNKNOWN' }]);
  });
});

describe('a whole request', () => {
  it.each<[string, unknown, number, string]>([
    ['U7 is empty', { events: [] }, 400, 'USAGE_BATCH_MALFORMED'],
    ['has no list', { event: 1 }, 400, 'USAGE_BATCH_MALFORMED'],
    ['is no object', 'null', 400, 'USAGE_BATCH_MALFORMED'],
    ['is not JSON', '{"events":', 400, 'BODY_NOT_JSON'],
    ['U7 has 1 001 events', { events: Array.from({ length: 1001 }, () => 1) }, 413, 'USAGE_BATCH_TOO_LARGE'],
    ['is larger than 2 MB', `{"events":["${'x'.repeat(2_100_000)}"]}`, 413, 'BODY_TOO_LARGE'],
  ])('%s', async (_name, body, status, code) => {
    const answer = await post(body);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(answer.headers.get('x-request-id')).toBe(answer.json.error.requestId);
  });

  it('U7 takes exactly 1 000 events', async () => {
    expect((await record(...Array.from({ length: 1000 }, () => event()))).accepted).toBe(1000);
  });

  it('needs a valid key with the scope', async () => {
    const reader = await api.addApiKey(['usage:read']);
    expect((await api.rest({ method: 'POST', path: '/v1/usage-events', body: {} })).status).toBe(401);
    expect((await post({ events: [event()] }, reader.key)).status).toBe(403);
  });

  it('answers a key of one organization about any other as if it did not exist', async () => {
    const own = await api.addApiKey(['usage:write'], acme);
    const answer = await post(
      { events: [event({ organization: 'other' }), event({ organization: undefined })] },
      own.key,
    );
    expect(answer.json.results.map(({ code = 'accepted' }) => code)).toEqual([
      'ORGANIZATION_UNKNOWN',
      'accepted',
    ]);
  });

  it('U30 is stored whole when the client hangs up after sending it', async () => {
    const lost = event({ id: `lost-${now().getTime()}` });
    const body = JSON.stringify({ events: [lost] });
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(api.url);
      const socket = connect(Number(port), hostname, () => {
        const head = `POST /v1/usage-events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
        socket.end(head + body, () => socket.destroy());
      });
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
    });
    const retry = await record(lost);
    expect(retry.accepted + retry.duplicates).toBe(1);
    const { rows } = await api.db.owner.query('select count(*)::int as n from usage_events where id = $1', [
      lost.id,
    ]);
    expect(rows[0].n).toBe(1);
  });
});

it('totals rebuilt from the events equal the buckets', async () => {
  const { rows } = await api.db.owner.query(`
    select count(*)::int as differing from (
      select organization_id, meter, sum(quantity) as quantity, count(*) as events from usage_events group by 1, 2) e
    full join (select organization_id, meter, sum(quantity) as quantity, sum(event_count) as events
                 from usage_buckets group by 1, 2) b using (organization_id, meter)
    where e.quantity is distinct from b.quantity or e.events is distinct from b.events`);
  expect(rows[0].differing).toBe(0);
});
