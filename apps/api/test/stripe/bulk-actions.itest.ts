import { createBulkQueue } from '@metergate/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const slugs = ['ends-later', 'unanswered', 'has-ended', 'equal'] as const;

let world: MirrorWorld;
let cookie: string;
beforeAll(async () => {
  world = await startMirror();
  cookie = (await world.api.signUp('ops@example.test', 'billing_ops')).cookie;
});
afterAll(() => world.stop());

/** One event after another, as the dialog for many events does it. */
async function each(how: 'dryRun' | 'replay', ids: readonly string[]): Promise<string[]> {
  const results: string[] = [];
  for (const id of ids) {
    const input = how === 'dryRun' ? { id } : { id, reason: 'the worker was mended' };
    const answer = await world.api.trpc({ path: `admin.events.${how}`, type: 'mutation', input, cookie });
    results.push(answer.json.result.data.result);
  }
  return results;
}

/** Everything that replays could change. */
async function stored() {
  const { rows } = await world.api.db.owner.query(
    `select (select jsonb_agg(to_jsonb(s) order by s.id) from subscriptions s) as subscriptions,
            (select jsonb_agg(to_jsonb(i) order by i.id) from invoices i) as invoices,
            (select jsonb_agg(jsonb_build_array(e.id, e.status, e.attempts) order by e.id) from inbound_events e) as events,
            (select count(*)::int from emails) as mails, (select count(*)::int from audit_log) as audit`,
  );
  return rows[0];
}

const counted = async (sql: string) => (await world.api.db.owner.query(sql)).rows[0].count;

test('many dead events: a dry run changes nothing, the poisonous one is told, and a second run has no effect', async () => {
  const foreign = await world.stripe.prices.create({
    currency: 'usd',
    unit_amount: 100,
    recurring: { interval: 'month' },
    product_data: { name: 'not of the catalogue' },
  });
  const buyers = [];
  for (const slug of ['first', 'second', 'third']) buyers.push(await world.addCustomer(slug));
  const poisoned = await world.addCustomer('poisoned');
  for (const { customer } of buyers) await world.subscribe(customer, proMonthly);
  await world.stripe.subscriptions.create({ customer: poisoned.customer, items: [{ price: foreign.id }] });
  for (const { customer } of [...buyers, poisoned]) {
    const events = await world.eventsOf(customer);
    await world.deliver(events.find(({ type }) => type === 'customer.subscription.created'));
  }
  // Given up before any of them had its effect.
  await world.api.db.owner.query(
    `update inbound_events set status = 'dead', attempts = 8 where type = 'customer.subscription.created'`,
  );
  const { rows } = await world.api.db.owner.query<{ id: string }>(
    `select id from inbound_events where status = 'dead' order by id`,
  );
  const ids = rows.map(({ id }) => `evt_${id.replaceAll('-', '')}`);
  const before = await stored();
  const dry = await each('dryRun', ids);
  // The price is still unknown, and that is what the look says.
  expect(dry).toEqual(['would_change', 'would_change', 'would_change', 'would_fail']);
  expect(await stored()).toEqual(before);

  expect((await each('replay', ids)).slice(0, 3)).toEqual(['requeued', 'requeued', 'requeued']);
  expect(await each('replay', ids)).toEqual(ids.map(() => 'not_replayable'));
  for (let attempt = 0; attempt < 10; attempt += 1) await world.api.container.drainUntilIdle();
  const starts = `select count(*)::int as count from audit_log where action = 'subscription.started'`;
  expect(await counted(starts)).toBe(3);
  const { rows: ends } = await world.api.db.owner.query(
    `select o.slug, e.status, e.last_error from inbound_events e join organizations o on o.id = e.organization_id
     where e.id = any($1) and e.status <> 'processed'`,
    [rows.map(({ id }) => id)],
  );
  expect(ends).toMatchObject([
    { slug: 'poisoned', status: 'dead', last_error: expect.stringContaining('SUBSCRIPTION_PRICE_UNKNOWN') },
  ]);

  const after = await stored();
  expect((await each('replay', ids.slice(0, 3))).toSorted()).toEqual(
    ids.slice(0, 3).map(() => 'already_applied'),
  );
  await world.api.container.drainUntilIdle();
  expect(await stored()).toEqual(after);
  expect(
    await counted(`select count(*)::int as count from audit_log where action = 'inbound_event.replayed'`),
  ).toBe(4);
}, 120_000);

/** One organization after another, as the dialog for many of them does it: what differed, or why it failed. */
async function eachOrganization(
  how: 'drift' | 'resync',
  sessionCookie = cookie,
): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const organization of slugs) {
    const isLook = how === 'drift';
    const answer = await world.api.trpc({
      path: `admin.organizations.${how}`,
      type: isLook ? 'query' : 'mutation',
      input: isLook ? { organization } : { organization, reason: 'webhooks were off over night' },
      cookie: sessionCookie,
    });
    const fields: { field: string; equal: boolean }[] = answer.json.result?.data ?? [];
    const differing = fields.filter(({ equal }) => !equal).map(({ field }) => field);
    results[organization] = answer.json.error?.data.code ?? differing.join(' ');
  }
  return results;
}

/** What a resync may change; the number of a reading grows with every look at Stripe. */
async function mirrored() {
  const { rows } = await world.api.db.owner.query(
    `select o.slug, s.status, s.access, s.cancel_at_period_end as ends,
            (select count(*)::int from emails e where e.organization_id = o.id) as mails,
            (select count(*)::int from audit_log a where a.organization_id = o.id) as audit
     from organizations o join subscriptions s on s.organization_id = o.id
     where o.slug = any($1) order by o.slug`,
    [slugs],
  );
  return rows;
}

async function audited(): Promise<string[]> {
  const { rows } = await world.api.db.owner.query(
    `select o.slug || ': ' || (a.after ->> 'differences') as line
     from audit_log a join organizations o on o.id = a.organization_id
     where a.action = 'organization.resynced' and a.reason = 'webhooks were off over night'
     order by a.at, o.slug`,
  );
  return rows.map(({ line }) => line);
}

async function setFaults(api: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${world.emulatorUrl}/_emu/faults`, { method: 'POST', headers, body: JSON.stringify({ api }) });
}

test('many organizations: a look changes nothing, one that fails keeps no other from its repair, and a second run finds nothing', async () => {
  const customers: string[] = [];
  const subscriptions: string[] = [];
  for (const slug of slugs) {
    const { customer } = await world.addCustomer(slug);
    subscriptions.push((await world.subscribe(customer, proMonthly)).id);
    customers.push(customer);
    for (const event of await world.eventsOf(customer)) await world.deliver(event);
  }
  await world.api.container.drainUntilIdle();
  const [later = '', unanswered = '', ended = ''] = subscriptions;
  for (const id of [later, unanswered]) {
    await world.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  }
  await world.stripe.subscriptions.cancel(ended);
  await setFaults([{ route: `GET /v1/customers/${customers[1]}`, kind: 'outage', when: 'before' }]);

  const before = await mirrored();
  const found = {
    'ends-later': 'cancelAt isCancelAtPeriodEnd canceledAt',
    unanswered: 'STRIPE_UNAVAILABLE',
    'has-ended': 'status access canceledAt endedAt',
    equal: '',
  };
  expect(await eachOrganization('drift')).toEqual(found);
  expect(await mirrored()).toEqual(before);

  expect(await eachOrganization('resync')).toEqual(found);
  const repaired = await mirrored();
  expect(repaired).toMatchObject([
    { slug: 'ends-later', status: 'active', ends: true, mails: 1 },
    { slug: 'equal', status: 'active', ends: false, mails: 1 },
    { slug: 'has-ended', status: 'canceled', access: 'suspended', mails: 2 },
    { slug: 'unanswered', status: 'active', ends: false, mails: 1 },
  ]);
  expect(repaired.find(({ slug }) => slug === 'unanswered')).toEqual(
    before.find(({ slug }) => slug === 'unanswered'),
  );
  expect(await audited()).toEqual(['ends-later: 3', 'has-ended: 4', 'equal: 0']);

  await setFaults([]);
  const late = {
    'ends-later': '',
    unanswered: 'cancelAt isCancelAtPeriodEnd canceledAt',
    'has-ended': '',
    equal: '',
  };
  expect(await eachOrganization('resync')).toEqual(late);
  const nothing = { 'ends-later': '', unanswered: '', 'has-ended': '', equal: '' };
  expect(await eachOrganization('drift')).toEqual(nothing);
  const settled = await mirrored();
  expect(await eachOrganization('resync')).toEqual(nothing);
  // That somebody ran it once more is written down, and nothing else happens.
  expect(await mirrored()).toEqual(settled.map((row) => ({ ...row, audit: row.audit + 1 })));
  expect((await audited()).slice(-4).toSorted()).toEqual(slugs.map((slug) => `${slug}: 0`).toSorted());
});

test('staff who may only look are shown the differences and may not resync', async () => {
  const support = (await world.api.signUp('support@example.test', 'support')).cookie;
  const before = await mirrored();
  expect(new Set(Object.values(await eachOrganization('resync', support)))).toEqual(
    new Set(['ACCESS_FORBIDDEN']),
  );
  expect(new Set(Object.values(await eachOrganization('drift', support)))).toEqual(new Set(['']));
  expect(await mirrored()).toEqual(before);
});

async function bulk(path: string, input: object, sessionCookie = cookie) {
  const type = path === 'latest' ? 'query' : 'mutation';
  const answer = await world.api.trpc({ path: `admin.bulk.${path}`, type, input, cookie: sessionCookie });
  return answer.json.error?.data.code ?? answer.json.result.data;
}

test('a stored run is carried out by the worker: one at a time, taken over after a crash, canceled between two', async () => {
  const support = (await world.api.signUp('support2@example.test', 'support')).cookie;
  const items = slugs.map((key) => ({ key, name: key }));
  const wish = { kind: 'resync', items, perSecond: 10, reason: 'by a worker' };
  expect(await bulk('start', wish, support)).toBe('ACCESS_FORBIDDEN');
  for (const bad of [
    { ...wish, items: [] },
    { ...wish, items: [...items, ...items] },
    { ...wish, items: Array.from({ length: 101 }, (_, n) => ({ key: `k${n}`, name: '' })) },
    { ...wish, perSecond: 0 },
    { ...wish, perSecond: 11 },
    { ...wish, reason: ' a ' },
    { ...wish, kind: 'delete' },
  ]) {
    expect(await bulk('start', bad)).toBe('INVALID_INPUT');
  }
  // Another process took it up and died with it.
  const dead = createBulkQueue(world.api.container.database.worker);
  const started = await Promise.all([bulk('start', wish), bulk('start', wish)]);
  expect(started.filter((answer) => answer === 'BULK_RUNNING')).toHaveLength(1);
  expect(await dead.claim('a worker that dies', 120)).toMatchObject({ kind: 'resync' });
  await world.api.container.drainUntilIdle();
  expect(await bulk('latest', { kind: 'resync' })).toMatchObject({ status: 'running' });
  expect(await bulk('start', { ...wish, kind: 'replay' })).toBe('BULK_RUNNING');
  await world.api.db.owner.query(`update bulk_runs set lease_until = now() - interval '1 second'`);
  await world.api.container.drainUntilIdle();
  const done = await bulk('latest', { kind: 'resync' }, support);
  expect(done).toMatchObject({
    status: 'done',
    startedBy: 'ops@example.test',
    finishedAt: expect.any(String),
  });
  expect(done.items).toEqual(items.map((item) => ({ ...item, state: 'done', text: 'nothing differed' })));
  expect(await counted(`select count(*)::int as count from audit_log where reason = 'by a worker'`)).toBe(
    slugs.length + 1,
  );
  expect(await bulk('cancel', { id: done.id })).toBe('BULK_OVER');

  // One of them was done when it is canceled.
  const unknown = { key: 'nobody', name: 'nobody' };
  const { id } = await bulk('start', { ...wish, items: [unknown, ...items], reason: 'canceled soon' });
  const run = await dead.claim('a slow worker', 120);
  const first = run?.items[0];
  if (run === null || first === undefined) throw new Error('the run was not claimed');
  expect(await bulk('cancel', { id })).toMatchObject({ status: 'canceled' });
  const at = world.api.container.clock.now();
  await dead.record('a slow worker', {
    run: run.id,
    position: 0,
    item: { ...first, state: 'failed', text: 'x' },
    at,
  });
  await dead.record('a stranger', {
    run: run.id,
    position: 1,
    item: { ...first, state: 'done', text: 'x' },
    at,
  });
  await world.api.container.drainUntilIdle();
  const canceled = await bulk('latest', { kind: 'resync' });
  expect(canceled.items.map(({ state }: { state: string }) => state)).toEqual([
    ...['failed', 'waiting', 'waiting', 'waiting', 'waiting'],
  ]);
  expect(await counted(`select count(*)::int as count from audit_log where reason = 'canceled soon'`)).toBe(
    1,
  );
});
