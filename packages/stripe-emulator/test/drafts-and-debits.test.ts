import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

const HOUR = 3600;

describe('money that comes late', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow('2027-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterEach(() => flow.close());

  const invoicesOf = async (subscription: string) =>
    (await stripe.invoices.list({ subscription, limit: 100, expand: ['data.payments'] })).data;
  const customerOf = async (id: string) => {
    const customer = await stripe.customers.retrieve(id);
    if (customer.deleted) throw new Error('the customer is gone');
    return customer;
  };
  const eventTypes = async () =>
    (await stripe.events.list({ limit: 100 })).data.map((event) => event.type).reverse();

  async function meteredSubscription() {
    const meter = await stripe.billing.meters.create({
      display_name: 'Minutes',
      event_name: 'minutes',
      default_aggregation: { formula: 'sum' },
    });
    const price = await createPlan(stripe, {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100, unit_amount: 10 },
        { up_to: 'inf', unit_amount: 5 },
      ],
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const use = (value: number, at: string, identifier: string) =>
      stripe.billing.meterEvents.create({
        event_name: 'minutes',
        identifier,
        payload: { stripe_customer_id: customer.id, value: String(value) },
        timestamp: seconds(at),
      });
    return { subscription, use };
  }

  it('lets usage of the old period join the draft until the hour is over, and not after', async () => {
    const { subscription, use } = await meteredSubscription();
    await use(60, '2027-03-01T00:00:00Z', 'first');
    await flow.control('POST', '/clock', { now: '2027-04-01T00:10:00Z' });
    const [draft] = await invoicesOf(subscription.id);
    expect([draft?.status, draft?.total]).toEqual(['draft', 600]);
    await use(90, '2027-03-31T23:59:59Z', 'late');
    await use(7, '2027-04-01T00:00:00Z', 'new period');
    // 150 minutes: 100 at 10 and 50 at 5.
    const [joined] = await invoicesOf(subscription.id);
    expect([joined?.total, joined?.lines.data.map((line) => line.amount)]).toEqual([1250, [1000, 250]]);
    expect(joined?.lines.data[0]?.id).toBe(draft?.lines.data[0]?.id);
    await stripe.billing.meterEventAdjustments.create({
      event_name: 'minutes',
      type: 'cancel',
      cancel: { identifier: 'late' },
    });
    expect((await invoicesOf(subscription.id))[0]?.total).toBe(600);
    await use(40, '2027-03-31T23:59:59Z', 'later');
    await flow.control('POST', '/clock', { now: '2027-04-01T01:00:00Z' });
    await use(1000, '2027-03-31T23:59:59Z', 'too late');
    const [paid] = await invoicesOf(subscription.id);
    expect([paid?.status, paid?.total, paid?.amount_paid]).toEqual(['paid', 1000, 1000]);
  });

  it('credits lines with their share of discount and tax, to the card and on an open invoice', async () => {
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, quantity: 3 }],
      default_tax_rates: [rate.id],
      discounts: [{ coupon: coupon.id }],
    });
    const [invoice] = await invoicesOf(subscription.id);
    // 3 × 1 000 − 300 = 2 700; 19 % = 513.
    expect(invoice?.total).toBe(3213);
    const line = invoice?.lines.data[0]?.id ?? '';
    const lines: Stripe.CreditNoteCreateParams.Line[] = [
      { type: 'invoice_line_item', invoice_line_item: line, quantity: 1 },
    ];
    const preview = await stripe.creditNotes.preview({ invoice: invoice?.id ?? '', lines });
    const note = await stripe.creditNotes.create({
      invoice: invoice?.id ?? '',
      lines,
      refund_amount: preview.total,
    });
    // A third: 1 000 − 100 = 900; 19 % = 171.
    expect([note.subtotal, note.discount_amount, note.total_excluding_tax, note.total]).toEqual([
      1000, 100, 900, 1071,
    ]);
    expect(note.total_taxes?.map((tax) => [tax.amount, tax.taxable_amount])).toEqual([[171, 900]]);
    const custom = await stripe.creditNotes.preview({
      invoice: invoice?.id ?? '',
      lines: [{ type: 'custom_line_item', unit_amount: 200, quantity: 2, tax_rates: [rate.id] }],
    });
    expect([custom.subtotal, custom.total]).toEqual([400, 476]);
    const tooMuch = stripe.creditNotes.create({
      invoice: invoice?.id ?? '',
      lines: [{ type: 'invoice_line_item', invoice_line_item: line }],
      refund_amount: 3213,
    });
    await expect(tooMuch).rejects.toMatchObject({ statusCode: 400 });
  });

  it('calls a customer delinquent from a failed renewal until the debt is paid', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const broken = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: broken.id } });
    await flow.advance(31 * DAY + HOUR);
    expect((await customerOf(customer.id)).delinquent).toBe(true);
    const [invoice] = await invoicesOf(subscription.id);
    await stripe.invoices.pay(invoice?.id ?? '', { payment_method: 'pm_card_visa' });
    expect((await customerOf(customer.id)).delinquent).toBe(false);
    const changes = (await stripe.events.list({ type: 'customer.updated', limit: 10 })).data.filter(
      (event) => event.data.previous_attributes && 'delinquent' in event.data.previous_attributes,
    );
    expect(changes).toHaveLength(2);
  });

  it('calls a customer delinquent whose sent invoice is overdue, until it is forgiven', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await stripe.customers.create({ email: 'later@example.com' });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      collection_method: 'send_invoice',
      days_until_due: 7,
    });
    await flow.advance(8 * DAY);
    expect((await customerOf(customer.id)).delinquent).toBe(true);
    const [invoice] = await invoicesOf(subscription.id);
    await stripe.invoices.markUncollectible(invoice?.id ?? '');
    expect((await customerOf(customer.id)).delinquent).toBe(false);
  });

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
      const [open] = await invoicesOf(subscription.id);
      expect([open?.status, open?.attempted, open?.amount_paid]).toEqual(['open', true, 0]);
      await flow.advance(5 * DAY);
      const [paid] = await invoicesOf(subscription.id);
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
    const [failed] = await invoicesOf(subscription.id);
    expect([failed?.status, failed?.attempt_count]).toEqual(['open', 1]);
    expect(failed?.next_payment_attempt).toBeGreaterThan(seconds('2027-03-03T00:00:00Z'));
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
    expect((await customerOf(customer.id)).delinquent).toBe(true);
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
    const [invoice] = await invoicesOf(id);
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
    expect((await invoicesOf(id))[0]?.total).toBe(1100);
  });
});
