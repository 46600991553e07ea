import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, startFlow } from './flow.ts';

const START = '2026-03-01T00:00:00Z';

describe('the surface an application uses', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow(START);
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  it('keeps tax ids of a customer', async () => {
    const customer = await stripe.customers.create({});
    const taxId = await stripe.customers.createTaxId(customer.id, { type: 'eu_vat', value: 'DE123456789' });
    expect((await stripe.customers.listTaxIds(customer.id)).data.map((row) => row.id)).toEqual([taxId.id]);
    expect((await stripe.customers.deleteTaxId(customer.id, taxId.id)).deleted).toBe(true);
  });

  it('keeps a subscription incomplete until its payment intent is confirmed', async () => {
    const price = await createPlan(stripe, { unit_amount: 700 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
    });
    expect(subscription.status).toBe('incomplete');
    const invoice = subscription.latest_invoice;
    if (typeof invoice !== 'object' || invoice === null) throw new Error('not expanded');
    const intent = invoice.payments?.data[0]?.payment.payment_intent;
    expect(invoice.confirmation_secret?.client_secret).toContain(String(intent));
    await stripe.paymentIntents.confirm(String(intent), { payment_method: 'pm_card_visa' });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('expires an incomplete subscription after 23 hours and voids its invoice', async () => {
    const price = await createPlan(stripe, { unit_amount: 700 });
    const customer = await createPayer(stripe);
    const { id, latest_invoice } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
    });
    await flow.advance(23 * 3600);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete_expired');
    expect((await stripe.invoices.retrieve(String(latest_invoice))).status).toBe('void');
  });

  it('prorates an upgrade to the second and previews exactly what it bills', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const bigger = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 9000,
      recurring: { interval: 'month' },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const item = subscription.items.data[0]?.id ?? '';
    await flow.advance(10 * DAY);
    const { unixSeconds } = await flow.control('GET', '/clock');
    const details = {
      items: [{ id: item, price: bigger.id }],
      proration_behavior: 'always_invoice' as const,
      proration_date: Number(unixSeconds),
    };
    const preview = await stripe.invoices.createPreview({
      customer: customer.id,
      subscription: subscription.id,
      subscription_details: details,
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.price.id).toBe(price.id);
    const updated = await stripe.subscriptions.update(subscription.id, {
      ...details,
      expand: ['latest_invoice'],
    });
    const invoice = updated.latest_invoice;
    if (typeof invoice !== 'object' || invoice === null) throw new Error('not expanded');
    expect(invoice.lines.data.map((line) => line.amount)).toEqual(
      preview.lines.data.map((line) => line.amount),
    );
    expect(invoice.status).toBe('paid');
    expect(invoice.lines.data[0]?.parent?.subscription_item_details?.proration).toBe(true);
  });

  it('bills metered usage in arrears', async () => {
    const meter = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    const price = await createPlan(stripe, {
      unit_amount_decimal: Stripe.Decimal.from('0.5'),
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const now = Number((await flow.control('GET', '/clock')).unixSeconds);
    for (const identifier of ['a', 'b']) {
      await stripe.billing.meterEvents.create({
        event_name: 'calls',
        identifier,
        payload: { stripe_customer_id: customer.id, value: '101' },
      });
    }
    await expect(
      stripe.billing.meterEvents.create({
        event_name: 'calls',
        identifier: 'a',
        payload: { stripe_customer_id: customer.id, value: '1' },
      }),
    ).rejects.toThrow(/already exists/);
    const [summary] = (
      await stripe.billing.meters.listEventSummaries(meter.id, {
        customer: customer.id,
        start_time: now - 60,
        end_time: now + 60,
      })
    ).data;
    expect(summary?.aggregated_value).toBe(202);
    await flow.advance(31 * DAY + 3600);
    const [invoice] = (await stripe.invoices.list({ subscription: subscription.id })).data;
    // 202 calls at 0.5 cents are 101 cents.
    expect(invoice?.total).toBe(101);
    expect(invoice?.status).toBe('paid');
  });

  it('retries a failed renewal on days 3, 5 and 7 and then leaves the subscription unpaid', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } });
    const end = subscription.items.data[0]?.current_period_end ?? 0;
    await flow.control('POST', '/clock', { now: end + 3600 });
    const status = async () => (await stripe.subscriptions.retrieve(subscription.id)).status;
    const attempts = async () =>
      (await stripe.invoices.list({ subscription: subscription.id })).data[0]?.attempt_count;
    expect([await status(), await attempts()]).toEqual(['past_due', 1]);
    await flow.advance(5 * DAY);
    expect([await status(), await attempts()]).toEqual(['past_due', 3]);
    await flow.advance(2 * DAY);
    expect([await status(), await attempts()]).toEqual(['unpaid', 4]);
    const [invoice] = (await stripe.invoices.list({ subscription: subscription.id })).data;
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.invoices.pay(invoice?.id ?? '', { payment_method: good.id });
    expect(await status()).toBe('active');
  });
});
