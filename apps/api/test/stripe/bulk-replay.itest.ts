import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';

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
  expect(dry.slice(0, 3)).toEqual(['would_change', 'would_change', 'would_change']);
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
