import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

const itemSchema = z.looseObject({ id: z.string(), quantity: z.unknown() });
const listSchema = z.looseObject({ data: z.array(itemSchema) });
const rowSchema = z.looseObject({ id: z.string().optional(), items: z.unknown().optional() });
const snapshotSchema = z.object({ changes: z.array(z.looseObject({ row: rowSchema.nullable() })) });

async function control(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  return (await fetch(`${world.emulatorUrl}/_emu${path}`, init)).json();
}

type Item = z.infer<typeof itemSchema>;

/** Stripe answers the subscription with these items: what no call of its API makes. */
async function answerItems(id: string, change: (items: Item[]) => unknown[]): Promise<void> {
  const snapshot = snapshotSchema.parse(await control('GET', '/snapshot'));
  for (const { row } of snapshot.changes) {
    if (row?.id !== id) continue;
    const list = listSchema.parse(row.items);
    row.items = { ...list, data: change(list.data) };
  }
  await control('POST', '/restore', snapshot);
}

async function stateOf(customer: string, organizationId: string) {
  const { rows } = await world.api.db.owner.query(
    `select (select array_agg(distinct status) from inbound_events
              where stripe_customer_id = $1 and type = 'customer.subscription.created') as events,
            (select count(*)::int from subscriptions where organization_id = $2) as subscriptions`,
    [customer, organizationId],
  );
  return rows[0];
}

const quantity = (value: unknown) => (items: Item[]) => items.map((item) => ({ ...item, quantity: value }));

describe('a subscription that Stripe itself answers in a form without meaning', () => {
  test.each<[string, (items: Item[]) => unknown[]]>([
    ['no items', () => []],
    ['a quantity of null', quantity(null)],
    ['a quantity of 0', quantity(0)],
    ['a quantity of -1', quantity(-1)],
    ['the same price twice', (items) => [...items, ...items.map((item) => ({ ...item, id: `${item.id}2` }))]],
  ])('%s: is given up, gives nothing, and others go on', async (name, change) => {
    const slug = `broken-${name.replaceAll(/[^a-z0-9]+/g, '-')}`;
    const { organizationId, customer } = await world.addCustomer(slug);
    const healthy = await world.addCustomer(`${slug}-healthy`);
    const { id } = await world.subscribe(customer, proMonthly);
    await world.subscribe(healthy.customer, proMonthly);
    const created = (await world.eventsOf(customer)).filter(({ type }) =>
      type.endsWith('subscription.created'),
    );
    await answerItems(id, change);
    for (const event of [...created, ...(await world.eventsOf(healthy.customer))]) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await stateOf(customer, organizationId)).toEqual({ events: ['dead'], subscriptions: 0 });
    expect(await stateOf(healthy.customer, healthy.organizationId)).toEqual({
      events: ['processed'],
      subscriptions: 1,
    });
  });
});
