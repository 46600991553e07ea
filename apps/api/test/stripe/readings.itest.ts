import { applyStripeFacts } from '@metergate/core/payments/apply-stripe-facts';
import { readStripeFacts, type StripeFacts } from '@metergate/core/payments/read-stripe-facts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const actor = { kind: 'job', name: 'test' } as const;

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

type Customer = Awaited<ReturnType<MirrorWorld['addCustomer']>>;

async function read({ organizationId, customer }: Customer): Promise<StripeFacts> {
  const { gateway, clock, unitOfWork } = world.api.container;
  const reading = await unitOfWork.run(organizationId, (tx) => tx.readings.next());
  const scope = { subscriptions: true, invoices: 'all' as const };
  return readStripeFacts(
    { gateway, clock },
    { stripeCustomerId: customer, scope, reading, knownSubscriptionIds: [] },
  );
}

function apply({ organizationId }: Customer, facts: StripeFacts) {
  const { unitOfWork, ids, background } = world.api.container;
  const { families } = background.sync;
  return unitOfWork.run(organizationId, (tx) =>
    applyStripeFacts(tx, { ids, families }, { organizationId, actor, facts, now: facts.readAt }),
  );
}

async function stateOf({ organizationId }: Customer) {
  const { rows } = await world.api.db.owner.query(
    'select status, cancel_at_period_end as ends from subscriptions where organization_id = $1',
    [organizationId],
  );
  return rows;
}

test('of two readings at the same instant the one that began later counts, in whatever order they are applied', async () => {
  const customer = await world.addCustomer('same-instant');
  const { id } = await world.subscribe(customer.customer, proMonthly);
  const older = await read(customer);
  await world.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const newer = { ...(await read(customer)), readAt: older.readAt };
  await apply(customer, newer);
  await apply(customer, older);
  expect(await stateOf(customer)).toEqual([{ status: 'active', ends: true }]);
});

test('a clock that steps back does not stop the mirror', async () => {
  const customer = await world.addCustomer('stepped-back');
  const { id } = await world.subscribe(customer.customer, proMonthly);
  await apply(customer, await read(customer));
  await world.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const facts = await read(customer);
  await apply(customer, { ...facts, readAt: new Date(facts.readAt.getTime() - 7_200_000) });
  expect(await stateOf(customer)).toEqual([{ status: 'active', ends: true }]);
});

test('a canceled subscription never lives again, even when the newest reading says so', async () => {
  const customer = await world.addCustomer('revived');
  const { id } = await world.subscribe(customer.customer, proMonthly);
  const alive = await read(customer);
  await world.stripe.subscriptions.cancel(id);
  const canceled = await read(customer);
  await apply(customer, canceled);
  await apply(customer, { ...alive, reading: canceled.reading + 1n });
  expect(await stateOf(customer)).toMatchObject([{ status: 'canceled' }]);
});
