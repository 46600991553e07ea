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
  ({ key } = await api.addApiKey(['usage:write', 'usage:backfill', 'usage:read', 'usage:correct']));
});
afterAll(() => api.stop());

const day = 86_400_000;
const daysAgo = (days: number) => new Date(api.container.clock.now().getTime() - days * day).toISOString();
const post = (path: string, body: object, withKey = key) =>
  api.rest({
    method: 'POST',
    path,
    key: withKey,
    body: { organization: 'acme', reason: 'the collector was down', ...body },
  });
const backfill = (body: object, withKey = key) => post('/v1/usage-backfills', body, withKey);
const revert = (id: string, body: object = {}, withKey = key) =>
  post(`/v1/usage-backfills/${encodeURIComponent(id)}/revert`, body, withKey);
const read = async (path = '') =>
  (await api.rest({ method: 'GET', path: `/v1/organizations/acme/usage-backfills${path}`, key })).json;
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
    const oldest = daysAgo(100);
    const events = [event('new-3', daysAgo(0)), event('old-3', oldest)];
    const first = await backfill({ events });
    expect(first.json).toMatchObject({ dryRun: false, accepted: 2 });
    expect(first.json.periods).toMatchObject([
      { isClosed: false, before: '0', after: '4' },
      { isClosed: true, before: '0', after: '4' },
    ]);
    // Everything since the oldest of them is settled again.
    const { rows } = await api.db.owner.query(
      'select distinct occurred_from from usage_reopenings where organization_id = $1',
      [acme],
    );
    expect(rows).toEqual([{ occurred_from: new Date(oldest) }]);
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

describe('a named backfill', () => {
  it('shows in its preview what then happens, and is taken back as a whole to what was before', async () => {
    const at = daysAgo(200);
    await backfill({ id: 'before', events: [event('n-0', at, { quantity: '1' })] });
    const events = [event('n-1', at), event('n-2', at, { quantity: '0.5' }), event('n-3', daysAgo(0))];
    const preview = await backfill({ id: 'january', dryRun: true, events });
    const done = await backfill({ id: 'january', events });
    expect(done.json.periods).toEqual(preview.json.periods);
    expect(done.json).toMatchObject({ id: 'january', accepted: 3 });
    // Corrected meanwhile: what is taken back is what it says now.
    await post('/v1/usage-events/n-1/amend', { quantity: '6' });
    const [first] = (await read()).items;
    expect(first).toMatchObject({ id: 'january', events: 3, standing: 3, retired: 0, revertedAt: null });
    expect((await read('/january')).items.map((one: { id: string }) => one.id)).toEqual([
      'n-1',
      'n-2',
      'n-3',
    ]);

    const dry = await revert('january', { dryRun: true });
    expect(await read('/january')).toMatchObject({ standing: 3, revertedAt: null });
    const back = await revert('january');
    expect(back.json.periods).toEqual(dry.json.periods);
    expect(back.json).toMatchObject({ reverted: 3, remaining: 0 });
    expect(back.json.periods[0]).toMatchObject({ isClosed: true, before: '7.5', after: '1' });
    expect((await revert('january')).json).toMatchObject({ reverted: 0, remaining: 0, periods: [] });
    expect(await read('/january')).toMatchObject({ events: 3, standing: 0, items: [], next: null });
    const { rows } = await api.db.owner.query(
      `select count(*)::int as count from audit_log where organization_id = $1 and action = 'usage.backfill_reverted'`,
      [acme],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('takes nothing in once it was taken back, and its ids stay taken', async () => {
    for (const dryRun of [false, true]) {
      const again = await backfill({ id: 'january', dryRun, events: [event('n-9', daysAgo(9))] });
      expect([again.status, again.json.error.code]).toEqual([409, 'BACKFILL_REVERTED']);
    }
    const other = await backfill({ events: [event('n-2', daysAgo(199))] });
    expect(other.json.results).toMatchObject([{ code: 'USAGE_EVENT_ID_REUSED' }]);
  });

  it('is taken back once by two at the same time, while usage is recorded and with more than one call takes', async () => {
    const at = daysAgo(60);
    const events = Array.from({ length: 120 }, (_, n) => event(`m-${n}`, at, { quantity: '1' }));
    await Promise.all([backfill({ id: 'many', events }), backfill({ id: 'many', events })]);
    await post('/v1/usage-events', { events: [{ ...event('live', at), organization: 'acme' }] });
    expect(await read('/many')).toMatchObject({ events: 120, standing: 120, next: expect.any(String) });
    for (let left = 120; left > 0; ) {
      const answers = await Promise.all([revert('many'), revert('many')]);
      left = Math.min(...answers.map(({ json }) => json.remaining));
    }
    const { rows } = await api.db.owner.query(
      `select (select sum(quantity)::int from usage_events where organization_id = $1 and occurred_at = $2) as events,
              (select sum(quantity)::int from usage_buckets where organization_id = $1
                 and bucket_start = date_bin('15 minutes', $2, '2000-01-01')) as buckets`,
      [acme, at],
    );
    expect(rows).toEqual([{ events: 4, buckets: 4 }]);
  }, 60_000);

  it('that died before its events were stored leaves them to whoever stores them', async () => {
    const events = [event('d-1', daysAgo(50)), event('d-2', daysAgo(50))];
    await api.db.owner.query(
      `insert into usage_backfill_events (organization_id, event_id, backfill_id)
       select $1, id, 'died' from unnest($2::text[]) as id`,
      [acme, ['d-1', 'd-2', 'live-2']],
    );
    await backfill({ id: 'took-over', events: [events[0]] });
    await backfill({ id: 'died', events });
    await post('/v1/usage-events', { events: [{ ...event('live-2', daysAgo(1)), organization: 'acme' }] });
    expect((await read('/took-over')).items).toMatchObject([{ id: 'd-1' }]);
    // Recorded by the ordinary intake, whatever a backfill had in mind: taking that back does not touch it.
    expect((await read('/died')).items).toMatchObject([{ id: 'd-2' }]);
  });

  it.each([
    ['a name that nobody used', 'nope', {}, 404],
    ['no reason', 'took-over', { reason: ' ' }, 422],
    ['somebody else’s', 'took-over', { organization: 'other' }, 404],
    ['a broken name', '\u0000', {}, 404],
  ])('is not taken back for %s', async (_name, id, body, status) => {
    expect((await revert(id, body)).status).toBe(status);
  });

  it.each(['', 'x'.repeat(256), '\u0000'])('refuses the name %j', async (id) => {
    const answer = await backfill({ id, dryRun: true, events: [event('x', daysAgo(1))] });
    expect([answer.status, answer.json.error.code]).toEqual([422, 'ID_INVALID']);
  });
});

describe('a backfill that is taken back while it is being stored', () => {
  const waiting = (count: number) =>
    expect
      .poll(async () => {
        const { rows } = await api.db.owner.query(
          // Other tests wait for locks in databases of their own on the same server.
          `select count(*)::int as count from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0].count;
      })
      .toBeGreaterThanOrEqual(count);
  /** `work` runs beside a transaction that holds what the statement took, and nothing of it stays. */
  async function beside(sql: string, values: unknown[], work: () => Promise<void>): Promise<void> {
    const client = await api.db.owner.connect();
    try {
      await client.query('begin');
      await client.query(sql, values);
      await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
  const whileNobodyStores = (work: () => Promise<void>) =>
    beside('select pg_advisory_xact_lock(28007, n) from generate_series(0, 63) as n', [], work);

  it('stores nothing any more', async () => {
    await backfill({ id: 'closing', events: [event('c-0', daysAgo(70))] });
    let late: ReturnType<typeof backfill> | undefined;
    await whileNobodyStores(async () => {
      late = backfill({ id: 'closing', events: [event('c-1', daysAgo(70)), event('c-1', daysAgo(70))] });
      await waiting(1);
      await api.db.owner.query(
        `update usage_backfills set reverted_at = now(), revert_reason = 'wrong file' where id = 'closing'`,
      );
    });
    const answer = await late;
    expect([answer?.status, answer?.json.error.code]).toEqual([409, 'BACKFILL_REVERTED']);
    expect(await read('/closing')).toMatchObject({ events: 1, standing: 1 });
    // Its id is nobody's yet.
    const { json } = await backfill({ id: 'another', events: [event('c-1', daysAgo(70))] });
    expect(json).toMatchObject({ accepted: 1 });
    expect(await read('/another')).toMatchObject({ events: 1, standing: 1 });
  });

  it('leaves what another one stores to that one, although it announced the same later', async () => {
    const events = [event('b-1', daysAgo(70))];
    let answers: Promise<Awaited<ReturnType<typeof backfill>>[]> | undefined;
    await whileNobodyStores(async () => {
      const first = backfill({ id: 'stays', events });
      await waiting(1);
      const second = backfill({ id: 'goes', events });
      answers = Promise.all([first, second]);
      await expect.poll(async () => (await revert('goes')).status).toBe(200);
    });
    expect((await answers)?.map(({ status }) => status)).toEqual([200, 409]);
    expect(await read('/goes')).toMatchObject({ events: 0, standing: 0 });
    expect(await read('/stays')).toMatchObject({ events: 1, standing: 1 });
  });

  it('waits for what is under way, and says that it remains', async () => {
    let answers: Promise<Awaited<ReturnType<typeof backfill>>[]> | undefined;
    // Somebody else is about to store an event of this id, so that the one of the backfill has to wait.
    const insert = `insert into usage_events
        (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at, source)
      values ($1, 'u-1', decode(repeat('00', 32), 'hex'), 'usage', 'execution', 1, now(), now(), 'api')`;
    await beside(insert, [acme], async () => {
      const under = backfill({ id: 'under way', events: [event('u-1', daysAgo(70))] });
      await waiting(1);
      const back = revert('under way');
      await waiting(2);
      answers = Promise.all([under, back]);
    });
    const [under, back] = (await answers) ?? [];
    expect(under?.json).toMatchObject({ accepted: 1 });
    expect(back?.json).toMatchObject({ reverted: 0, remaining: 1 });
    expect((await revert('under way')).json).toMatchObject({ reverted: 1, remaining: 0 });
  });
});
