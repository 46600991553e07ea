import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveHosted } from '../pay-hosted.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const begin = '2027-04-01T00:00:00Z';
let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  ({ key } = await billing.addApiKey(['organizations:write', 'billing:read', 'billing:write']));
  await billing.emulator('POST', '/clock', { now: begin, frozen: true });
  await goTo(begin);
});
afterAll(() => billing.stop());

/** Both clocks go to the instant; everything due on the way has happened when it resolves. */
async function goTo(instant: string): Promise<void> {
  await billing.rest({ method: 'POST', path: '/test/clock', body: { now: instant } });
  await billing.settle();
}

interface Buyer {
  slug: string;
  id: OrganizationId;
}

async function call(method: string, path: string, body?: unknown) {
  return billing.rest({ method, path: `/v1/organizations/${path}`, key, ...(body ? { body } : {}) });
}

async function join(
  slug: string,
  wish: { family: string; plan: string; paymentMethod: string; trialDays?: number },
) {
  const body = { name: `${slug} <b>`, externalId: slug, email: `${slug}@example.test`, currency: 'USD' };
  const made = await billing.rest({ method: 'POST', path: '/v1/organizations', key, body });
  expect(made.status).toBe(201);
  const bought = await call('POST', `${slug}/billing/subscriptions`, wish);
  await billing.settle();
  const { rows } = await billing.db.owner.query('select id from organizations where external_id = $1', [
    slug,
  ]);
  const buyer: Buyer = { slug, id: rows[0].id };
  return { buyer, bought };
}

async function useCard({ slug }: Buyer, paymentMethod: string): Promise<void> {
  expect((await call('POST', `${slug}/billing/payment-methods`, { paymentMethod })).status).toBe(201);
  await billing.settle();
}

async function subscriptionOf({ slug }: Buyer) {
  return (await call('GET', `${slug}/billing/subscriptions?includeEnded=true`)).json.items[0];
}

async function payOpenInvoice({ slug }: Buyer) {
  const open = await call('GET', `${slug}/billing/invoices?status=open`);
  return call('POST', `${slug}/billing/invoices/${open.json.items[0].id}/pay`);
}

async function mailsOf({ id }: Buyer) {
  const { rows } = await billing.db.owner.query(
    'select template, subject, text, html, to_address from emails where organization_id = $1 order by created_at, id',
    [id],
  );
  return rows;
}

const templates = async (buyer: Buyer) => (await mailsOf(buyer)).map(({ template }) => template);

describe('a subscription whose renewal fails', () => {
  const pro = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };
  const buyers: Record<'day2' | 'day8' | 'day15' | 'never', Buyer | undefined> = {
    day2: undefined,
    day8: undefined,
    day15: undefined,
    never: undefined,
  };
  const buyer = (name: keyof typeof buyers): Buyer => {
    const found = buyers[name];
    if (found === undefined) throw new Error(`${name} has not joined`);
    return found;
  };

  test('keeps full access at first, and the payer is told amount, next attempt and what stops when', async () => {
    for (const name of ['day2', 'day8', 'day15', 'never'] as const) {
      buyers[name] = (await join(name, pro)).buyer;
      await useCard(buyer(name), 'pm_card_chargeCustomerFail');
    }
    await goTo('2027-05-01T02:00:00Z');
    for (const name of ['day2', 'day8', 'day15', 'never'] as const) {
      expect(await subscriptionOf(buyer(name))).toMatchObject({
        status: 'past_due',
        access: 'full',
        pastDueSince: '2027-05-01T01:00:00.000Z',
      });
    }
    const failed = (await mailsOf(buyer('never'))).filter(({ template }) => template === 'payment_failed');
    expect(failed).toMatchObject([{ subject: 'Payment of $49.00 failed', to_address: 'never@example.test' }]);
    const [{ text, html }] = failed;
    expect(text).toContain('We try again on 4 May.');
    expect(text).toContain('On 8 May overage, new clients and new seats stop.');
    expect(text).toContain('On 15 May the service stops; your data stays.');
    expect(text).toContain('On 31 May the subscription ends; your data stays.');
    expect(text).toMatch(/Pay \$49\.00: http/);
    expect(html).toContain('never &lt;b&gt;');
    expect(html).not.toContain('<b>');
  });

  test('paid on day 2 it is as if nothing had happened', async () => {
    await goTo('2027-05-03T01:00:00Z');
    await useCard(buyer('day2'), 'pm_card_visa');
    expect((await payOpenInvoice(buyer('day2'))).json).toMatchObject({ status: 'paid' });
    // No webhook and no job in between: paying itself gives access back.
    expect(await subscriptionOf(buyer('day2'))).toMatchObject({
      status: 'active',
      access: 'full',
      pastDueSince: null,
    });
    const receipts = (await mailsOf(buyer('day2'))).filter(({ template }) => template === 'receipt');
    expect(receipts).toHaveLength(2);
    expect(receipts[1].subject).toMatch(/^Receipt for \$49\.00 for invoice \S+$/);
    expect(receipts[1].text).toContain('paid $49.00 on 3 May');
  });

  test('a minute before day 7 it is full, at day 7 restricted, and a payment lifts that', async () => {
    await goTo('2027-05-08T00:59:00Z');
    expect(await subscriptionOf(buyer('day8'))).toMatchObject({ access: 'full' });
    await goTo('2027-05-08T01:00:00Z');
    expect(await subscriptionOf(buyer('day8'))).toMatchObject({ access: 'restricted' });
    await goTo('2027-05-09T01:00:00Z');
    await useCard(buyer('day8'), 'pm_card_visa');
    await payOpenInvoice(buyer('day8'));
    expect(await subscriptionOf(buyer('day8'))).toMatchObject({ status: 'active', access: 'full' });
  });

  test('at day 14 it is suspended, also when Stripe has given up, and a payment lifts that', async () => {
    await goTo('2027-05-15T01:00:00Z');
    expect(await subscriptionOf(buyer('day15'))).toMatchObject({ access: 'suspended' });
    await goTo('2027-05-16T01:00:00Z');
    await useCard(buyer('day15'), 'pm_card_visa');
    await payOpenInvoice(buyer('day15'));
    expect(await subscriptionOf(buyer('day15'))).toMatchObject({ status: 'active', access: 'full' });
  });

  test('at day 30 the cancellation goes out once, and the payer is told', async () => {
    await goTo('2027-05-31T00:59:00Z');
    expect(await subscriptionOf(buyer('never'))).toMatchObject({ access: 'suspended' });
    expect((await subscriptionOf(buyer('never'))).status).not.toBe('canceled');
    await goTo('2027-05-31T01:00:00Z');
    await billing.settle();
    expect(await subscriptionOf(buyer('never'))).toMatchObject({ status: 'canceled', access: 'suspended' });
    const { rows } = await billing.db.owner.query(
      `select status from outbox where organization_id = $1 and kind = 'stripe.subscription.cancel'`,
      [buyer('never').id],
    );
    expect(rows).toEqual([{ status: 'done' }]);
    const told = await mailsOf(buyer('never'));
    expect(told.filter(({ template }) => template === 'subscription_canceled')).toMatchObject([
      { subject: 'Voice Ops Pro has ended' },
    ]);
    expect(told.at(-1)?.text).toContain('because a payment was missing');
  });

  test('every attempt was mailed once, whatever was read again afterwards', async () => {
    const before = await templates(buyer('never'));
    // Stripe tried on days 0, 3, 5 and 7; on day 7 the story saw the second and third at once.
    expect(before.filter((name) => name === 'payment_failed').length).toBe(3);
    await goTo('2027-05-31T05:00:00Z');
    expect(await templates(buyer('never'))).toEqual(before);
  });
});

describe('other mails', () => {
  test('a family that suspends at once does so with the first failure', async () => {
    const { buyer } = await join('leads', {
      family: 'agent-leads',
      plan: 'starter',
      paymentMethod: 'pm_card_visa',
    });
    await useCard(buyer, 'pm_card_chargeCustomerFail');
    await goTo('2027-06-30T07:00:00Z');
    expect(await subscriptionOf(buyer)).toMatchObject({ status: 'past_due', access: 'suspended' });
    const [failed] = (await mailsOf(buyer)).filter(({ template }) => template === 'payment_failed');
    expect(failed.text).not.toContain('On 30 Jun the service stops');
  });

  test('a bank that wants an approval holds the start back, says where, and approving starts it', async () => {
    const { buyer, bought } = await join('approves', {
      family: 'voice-ops',
      plan: 'pro',
      paymentMethod: 'pm_card_authenticationRequired',
    });
    expect(bought.status).toBe(201);
    expect(bought.json).toMatchObject({ status: 'incomplete', access: 'suspended' });
    expect(bought.json.actionUrl).toMatch(/^http/);
    const told = (await mailsOf(buyer)).filter(({ template }) => template === 'payment_action_required');
    expect(told).toMatchObject([{ subject: 'Approve the payment of $49.00' }]);
    expect(told[0].text).toContain(bought.json.actionUrl);
    expect(await templates(buyer)).not.toContain('receipt');
    const page = await fetch(bought.json.actionUrl);
    expect(page.status).toBe(200);
    await approveHosted(bought.json.actionUrl);
    await billing.settle();
    expect(await subscriptionOf(buyer)).toMatchObject({ status: 'active', access: 'full', actionUrl: null });
    expect((await templates(buyer)).filter((name) => name === 'receipt').length).toBe(1);
  });

  test('a trial says three days before that it ends, has no receipt for nothing, and no notice once it is over', async () => {
    const { buyer } = await join('tries', {
      family: 'voice-ops',
      plan: 'pro',
      paymentMethod: 'pm_card_visa',
      trialDays: 14,
    });
    expect(await subscriptionOf(buyer)).toMatchObject({ status: 'trialing' });
    expect(await templates(buyer)).toEqual([]);
    await goTo('2027-07-11T06:00:00Z');
    expect(await templates(buyer)).toEqual([]);
    await goTo('2027-07-11T07:00:00Z');
    expect(await mailsOf(buyer)).toMatchObject([
      { template: 'trial_ending', subject: 'The trial of Voice Ops Pro ends on 14 Jul' },
    ]);
    await goTo('2027-07-14T09:00:00Z');
    expect(await templates(buyer)).toEqual(['trial_ending', 'receipt']);
  });

  test('an order that was left is brought up after a day, once, and not when it was finished', async () => {
    const body = { name: 'Leaves', externalId: 'leaves', email: 'leaves@example.test', currency: 'USD' };
    await billing.rest({ method: 'POST', path: '/v1/organizations', key, body });
    const opened = await call('POST', 'leaves/billing/checkout-sessions', {
      family: 'voice-ops',
      plan: 'pro',
    });
    expect(opened.status).toBe(201);
    const { rows } = await billing.db.owner.query(
      `select id from organizations where external_id = 'leaves'`,
    );
    const buyer: Buyer = { slug: 'leaves', id: rows[0].id };
    await goTo('2027-07-15T08:00:00Z');
    expect(await templates(buyer)).toEqual([]);
    for (const instant of ['2027-07-15T10:00:00Z', '2027-07-15T11:00:00Z', '2027-07-16T11:00:00Z']) {
      await goTo(instant);
    }
    const mails = await mailsOf(buyer);
    expect(mails).toMatchObject([{ template: 'checkout_abandoned' }]);
    expect(mails[0].text).toMatch(
      /Finish the order: http.*\/checkout\/start\?organization=.*family=voice-ops&plan=pro/,
    );
  });
});
