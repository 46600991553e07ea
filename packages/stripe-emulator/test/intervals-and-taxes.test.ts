import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

const START = '2026-01-15T00:00:00Z';

describe('several intervals in one subscription', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow(START);
    stripe = flow.stripe;
    return () => flow.close();
  });

  async function monthlyAndYearly() {
    const monthly = await createPlan(stripe, { unit_amount: 1000 });
    const yearly = await createPlan(stripe, { unit_amount: 36_500, recurring: { interval: 'year' } });
    return { monthly, yearly, customer: await createPayer(stripe) };
  }

  it('renews each item at its own boundary and both where they meet', async () => {
    const { monthly, yearly, customer } = await monthlyAndYearly();
    const created = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: monthly.id }, { price: yearly.id }],
    });
    expect(created.items.data.map((item) => item.current_period_end)).toEqual([
      seconds('2026-02-15T00:00:00Z'),
      seconds('2027-01-15T00:00:00Z'),
    ]);
    await flow.control('POST', '/clock', { now: '2026-02-15T02:00:00Z' });
    const { data } = await stripe.invoices.list({ customer: customer.id });
    expect(data.map((invoice) => [invoice.total, invoice.status])).toEqual([
      [1000, 'paid'],
      [37_500, 'paid'],
    ]);
    const later = await stripe.subscriptions.retrieve(created.id);
    expect(later.items.data.map((item) => item.current_period_end)).toEqual([
      seconds('2026-03-15T00:00:00Z'),
      seconds('2027-01-15T00:00:00Z'),
    ]);
    await flow.control('POST', '/clock', { now: '2027-01-15T02:00:00Z' });
    const [last] = (await stripe.invoices.list({ customer: customer.id, limit: 1 })).data;
    expect(last?.total).toBe(37_500);
    expect((await stripe.invoices.list({ customer: customer.id, limit: 100 })).data).toHaveLength(13);
  });

  it('puts a yearly item that comes later on the grid of the anchor: 301 of 365 days', async () => {
    const { monthly, yearly, customer } = await monthlyAndYearly();
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: monthly.id }],
    });
    await flow.control('POST', '/clock', { now: '2026-03-20T00:00:00Z' });
    const changed = await stripe.subscriptions.update(id, {
      items: [{ price: yearly.id }],
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    });
    const invoice = changed.latest_invoice;
    if (typeof invoice !== 'object' || invoice === null) throw new Error('not expanded');
    // 15 Jan to 20 Mar are 16 + 28 + 20 = 64 days; 365 − 64 = 301; 36 500 × 301 / 365 = 30 100.
    expect(invoice.total).toBe(30_100);
    expect(changed.items.data[0]?.current_period_end).toBe(seconds('2026-04-15T00:00:00Z'));
    expect(changed.items.data[1]?.current_period_end).toBe(seconds('2027-01-15T00:00:00Z'));
    expect(changed.billing_cycle_anchor).toBe(seconds(START));
  });

  it('announces the next renewal a week ahead with an invoice that has no id', async () => {
    const { monthly, yearly, customer } = await monthlyAndYearly();
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: yearly.id }, { price: monthly.id }],
    });
    await flow.control('POST', '/clock', { now: '2026-02-08T00:00:00Z' });
    const [event] = (await stripe.events.list({ type: 'invoice.upcoming' })).data;
    const object: unknown = event?.data.object;
    expect(object).toMatchObject({ total: 1000, billing_reason: 'upcoming' });
    expect(object).not.toHaveProperty('id');
  });
});

describe('tax rates', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow(START);
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  const rate = (percentage: number, inclusive: boolean) =>
    stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive });

  async function billed(
    amounts: number[],
    rates: Stripe.TaxRate[],
    extra: Partial<Stripe.InvoiceCreateParams> = {},
  ) {
    const customer = await createPayer(stripe);
    const invoice = await stripe.invoices.create({
      customer: customer.id,
      auto_advance: false,
      default_tax_rates: rates.map(({ id }) => id),
      ...extra,
    });
    await stripe.invoices.addLines(invoice.id, {
      lines: amounts.map((amount) => ({ amount, description: 'Work' })),
    });
    return stripe.invoices.finalizeInvoice(invoice.id);
  }

  it.each([
    // 1 999 × 8.875 % = 177.41125
    { percentage: 8.875, amounts: [1999], tax: 177, total: 2176 },
    // 10 × 5 % = 0.5, half away from zero
    { percentage: 5, amounts: [10], tax: 1, total: 11 },
    // each line is rounded for itself: 3 × round(33 × 7 % = 2.31) = 6, not round(6.93) = 7
    { percentage: 7, amounts: [33, 33, 33], tax: 6, total: 105 },
  ])('adds $percentage % on top of $amounts', async ({ percentage, amounts, tax, total }) => {
    const invoice = await billed(amounts, [await rate(percentage, false)]);
    expect(invoice.total_taxes?.map((entry) => entry.amount)).toEqual([tax]);
    expect(invoice.total).toBe(total);
    expect(invoice.total_excluding_tax).toBe(total - tax);
  });

  it('finds the tax that an inclusive price contains', async () => {
    // 11 900 = 10 000 + 19 %; 100 / 1.07 = 93.457…, so 7 of 100 are tax.
    const vat = await billed([11_900], [await rate(19, true)]);
    expect([vat.total, vat.total_excluding_tax, vat.total_taxes?.[0]?.amount]).toEqual([
      11_900, 10_000, 1900,
    ]);
    const small = await billed([100], [await rate(7, true)]);
    expect([small.total, small.total_taxes?.[0]?.amount]).toEqual([100, 7]);
  });

  it('taxes what is left after the discount, and credits with their tax', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const dearer = await createPlan(stripe, { unit_amount: 6000 });
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const customer = await createPayer(stripe);
    const vat = await rate(20, false);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_tax_rates: [vat.id],
      discounts: [{ coupon: coupon.id }],
      expand: ['latest_invoice'],
    });
    const first = subscription.latest_invoice;
    // 3 000 − 10 % = 2 700; 20 % of it = 540.
    expect(first).toMatchObject({ total: 3240, total_excluding_tax: 2700 });
    const item = subscription.items.data[0]?.id ?? '';
    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: dearer.id }],
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    });
    // Nothing of the period is used: −2 700 and +5 400, each with 20 %.
    expect(changed.latest_invoice).toMatchObject({ total: 3240, subtotal: 2700 });
  });

  it("prefers an item's own rates and keeps rates updatable", async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const [general, reduced] = [await rate(20, false), await rate(5, false)];
    const { latest_invoice } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, tax_rates: [reduced.id] }],
      default_tax_rates: [general.id],
      expand: ['latest_invoice'],
    });
    expect(latest_invoice).toMatchObject({ total: 1050 });
    expect((await stripe.taxRates.update(reduced.id, { active: false })).active).toBe(false);
    expect((await stripe.taxRates.list({ active: false })).data.map(({ id }) => id)).toEqual([reduced.id]);
    await flow.advance(DAY);
  });
});
