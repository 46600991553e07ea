import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';
const threeDaysSeconds = 3 * 86_400;

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

/** Both clocks; the hourly comparison is left out, as if this process had only its inbox. */
async function moveClocks(seconds: number): Promise<void> {
  await fetch(`${world.emulatorUrl}/_emu/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: seconds }),
  });
  const { clock } = world.api.container;
  const now = clock.now();
  now.setTime(now.getTime() + seconds * 1000);
  clock.moveTo(now);
}

async function rowsOf(sql: string, organizationId: string) {
  return (await world.api.db.owner.query(sql, [organizationId])).rows;
}

const stateOf = (organizationId: string) =>
  rowsOf('select plan, status, access from subscriptions where organization_id = $1', organizationId);

describe('webhooks that Stripe could deliver only three days later', () => {
  test('bring the state of now, newest first or oldest first, and repeat nothing that was mailed', async () => {
    const { organizationId, customer } = await world.addCustomer('three-days');
    const subscription = await world.subscribe(customer, proMonthly);
    const before = await world.eventsOf(customer);
    await moveClocks(threeDaysSeconds);
    await world.stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: await world.price(businessMonthly) }],
      proration_behavior: 'none',
    });
    for (const event of before.toReversed()) {
      expect(await world.deliver(event)).toBe(200);
      await world.api.container.drainUntilIdle();
    }
    expect(await stateOf(organizationId)).toEqual([{ plan: 'business', status: 'active', access: 'full' }]);
    const mails = await rowsOf('select template from emails where organization_id = $1', organizationId);
    for (const event of before) await world.deliver(event);
    await world.api.container.drainUntilIdle();
    expect(await rowsOf('select template from emails where organization_id = $1', organizationId)).toEqual(
      mails,
    );
    expect(mails.filter(({ template }) => template === 'receipt').length).toBeLessThanOrEqual(1);
  });

  test('of a subscription that has ended meanwhile do not start it', async () => {
    const { organizationId, customer } = await world.addCustomer('ended-meanwhile');
    const subscription = await world.subscribe(customer, proMonthly);
    const before = await world.eventsOf(customer);
    await moveClocks(threeDaysSeconds);
    await world.stripe.subscriptions.cancel(subscription.id);
    for (const event of before) {
      await world.deliver(event);
      await world.api.container.drainUntilIdle();
      expect(await stateOf(organizationId)).not.toMatchObject([{ access: 'full' }]);
    }
    expect(await stateOf(organizationId)).toMatchObject([{ status: 'canceled', access: 'suspended' }]);
  });
});
