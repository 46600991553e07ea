import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { customerOf, invoicesOf } from './subscriber.ts';

const HOUR = 3600;

describe('bank debits, and the terms of a phase', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow('2027-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterEach(() => flow.close());

  const eventTypes = async () =>
    (await stripe.events.list({ limit: 100 })).data.map((event) => event.type).reverse();

  async function debited(type: 'sepa_debit' | 'us_bank_account', account: string) {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await stripe.customers.create({ email: 'bank@example.com' });
    const method = await stripe.paymentMethods.create({
      type,
      billing_details: { name: 'B', email: 'bank@example.com' },
      ...(type === 'sepa_debit'
        ? { sepa_debit: { iban: account } }
        : {
            us_bank_account: {
              account_number: account,
              routing_number: '110000000',
              account_holder_type: 'company',
            },
          }),
    });
    await stripe.paymentMethods.attach(method.id, { customer: customer.id });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: method.id,
    });
    return { customer, subscription };
  }

  it.each([
    ['sepa_debit', 'AT321904300235473204'],
    ['us_bank_account', '000000000009'],
  ] as const)(
    'begins a subscription while its %s is processing, and pays when the bank answers',
    async (type, account) => {
      const { subscription } = await debited(type, account);
      expect(subscription.status).toBe('active');
      const [open] = await invoicesOf(stripe, subscription.id);
      expect([open?.status, open?.attempted, open?.amount_paid]).toEqual(['open', true, 0]);
      await flow.advance(5 * DAY);
      const [paid] = await invoicesOf(stripe, subscription.id);
      expect([paid?.status, paid?.amount_paid, paid?.attempt_count]).toEqual(['paid', 1000, 1]);
      expect(paid?.payments?.data.map((payment) => payment.status)).toEqual(['paid']);
      expect(await eventTypes()).toEqual(
        expect.arrayContaining([
          'payment_intent.processing',
          'charge.pending',
          'charge.succeeded',
          'invoice.paid',
        ]),
      );
    },
  );

  it.each([
    ['sepa_debit', 'AT591904300235473203'],
    ['us_bank_account', '000222222227'],
  ] as const)('falls past due when the bank refuses a %s days later, and retries', async (type, account) => {
    const { subscription, customer } = await debited(type, account);
    await flow.advance(HOUR);
    const [failed] = await invoicesOf(stripe, subscription.id);
    expect([failed?.status, failed?.attempt_count]).toEqual(['open', 1]);
    expect(failed?.next_payment_attempt).toBeGreaterThan(seconds('2027-03-03T00:00:00Z'));
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
    expect((await customerOf(stripe, customer.id)).delinquent).toBe(true);
    await flow.advance(20 * DAY);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('unpaid');
  });

  it('enters a phase with its discounts, taxes, terms and extras, once', async () => {
    const [base, addOn] = [
      await createPlan(stripe, { unit_amount: 1000 }),
      await createPlan(stripe, { unit_amount: 2000 }),
    ];
    const setup = await stripe.prices.create({
      product: String(base.product),
      currency: 'usd',
      unit_amount: 400,
    });
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 10, inclusive: false });
    const customer = await createPayer(stripe);
    const schedule = await stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: 'now',
      phases: [
        { items: [{ price: base.id }], duration: { interval: 'month' } },
        {
          items: [{ price: addOn.id, tax_rates: [rate.id], metadata: { seat: 'a' } }],
          duration: { interval: 'month', interval_count: 2 },
          discounts: [{ coupon: coupon.id }],
          description: 'second',
          collection_method: 'send_invoice',
          invoice_settings: { days_until_due: 14 },
          add_invoice_items: [{ price: setup.id }],
          metadata: { phase: '2' },
        },
      ],
    });
    const id = String(schedule.subscription);
    await flow.advance(31 * DAY + HOUR);
    const entered = await stripe.subscriptions.retrieve(id);
    expect(entered).toMatchObject({
      description: 'second',
      collection_method: 'send_invoice',
      days_until_due: 14,
      metadata: { phase: '2' },
    });
    expect(entered.items.data[0]?.metadata).toEqual({ seat: 'a' });
    expect(entered.discounts).toHaveLength(1);
    const [invoice] = await invoicesOf(stripe, id);
    // 400 and 2 000, half off both; 10 % tax on the 1 000: 200 + 1 000 + 100.
    expect([invoice?.subtotal, invoice?.total, invoice?.status]).toEqual([2400, 1300, 'open']);
    const current = await stripe.subscriptionSchedules.retrieve(schedule.id);
    await stripe.subscriptionSchedules.update(schedule.id, {
      metadata: { touched: 'yes' },
      end_behavior: 'cancel',
    });
    expect(current.phases[1]?.discounts).toEqual([
      { coupon: coupon.id, discount: null, promotion_code: null },
    ]);
    expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
    await flow.advance(30 * DAY + HOUR);
    expect((await invoicesOf(stripe, id))[0]?.total).toBe(1100);
  });
});
