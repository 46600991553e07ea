import type { OrganizationId } from '@metergate/core';
import { expect } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

export interface MeteredBilling extends TestBilling {
  key: string;
  /** An organization whose qualified leads Stripe rates. */
  customer(slug: string): Promise<OrganizationId>;
  use(organization: string, id: string, quantity: string): Promise<void>;
  useAt(organization: string, at: Date, event: { id: string; quantity: string }): Promise<void>;
  advance(seconds: number): Promise<void>;
  /** In the order of their hours and of their making. */
  reportsOf(id: OrganizationId): Promise<{ status: string; quantity: string }[]>;
  /** What the meter at Stripe has counted for the organization. */
  countedAtStripe(id: OrganizationId): Promise<string>;
}

export async function startMetered(): Promise<MeteredBilling> {
  const billing = await startTestBilling({ TEST_SEAMS: '1' });
  const { key } = await billing.addApiKey(['billing:read', 'billing:write', 'usage:write', 'usage:correct']);
  return {
    ...billing,
    key,
    customer: (slug) => addCustomer(billing, key, slug),
    use: (organization, id, quantity) =>
      useAt(billing, key, { organization, id, quantity, at: billing.container.clock.now() }),
    useAt: (organization, at, event) => useAt(billing, key, { organization, at, ...event }),
    async advance(seconds) {
      const body = { advanceSeconds: seconds };
      expect((await billing.rest({ method: 'POST', path: '/test/clock', body })).status).toBe(200);
      await billing.settle();
    },
    async reportsOf(id) {
      const { rows } = await billing.db.owner.query(
        `select status, trim_scale(quantity)::text as quantity from usage_reports
          where organization_id = $1 order by bucket_start, id`,
        [id],
      );
      return rows;
    },
    countedAtStripe: (id) => countedAtStripe(billing, id),
  };
}

async function useAt(
  billing: TestBilling,
  key: string,
  { at, ...event }: { organization: string; id: string; quantity: string; at: Date },
): Promise<void> {
  const events = [{ ...event, meter: 'lead_qualified', occurredAt: at.toISOString() }];
  const request = { method: 'POST' as const, path: '/v1/usage-events', key, body: { events } };
  expect((await billing.rest(request)).json.accepted).toBe(1);
}

async function addCustomer(billing: TestBilling, key: string, slug: string): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const body = { family: 'agent-leads', plan: 'growth', paymentMethod: 'pm_card_visa' };
  const path = `/v1/organizations/${slug}/billing/subscriptions`;
  expect((await billing.rest({ method: 'POST', path, key, body })).status).toBe(201);
  await billing.settle();
  return id;
}

async function countedAtStripe(billing: TestBilling, id: OrganizationId): Promise<string> {
  const { rows } = await billing.db.owner.query(
    'select stripe_customer_id from organizations where id = $1',
    [id],
  );
  const hour = 3_600_000;
  const nowMs = billing.container.clock.now().getTime();
  return billing.container.gateway.readMeterTotal({
    eventName: 'lead_qualified',
    stripeCustomerId: rows[0].stripe_customer_id,
    period: { start: new Date(nowMs - 40 * 24 * hour), end: new Date(nowMs + hour) },
  });
}
