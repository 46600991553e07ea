import Stripe from 'stripe';

type Interval = 'month' | 'year';

export interface Story {
  stripe: Stripe;
  /** Lets that many seconds pass at Stripe. */
  advance(seconds: number): Promise<void>;
  /** The instant it is at Stripe, in seconds. */
  now(): Promise<number>;
}

const DAY = 86_400;
const MONTHS = 14;

/**
 * Fourteen months of what a billing application does: prices of all kinds, changes up and down, a trial, usage, a
 * failing card, coupons, checkouts, schedules, pauses, credits, refunds, taxes, cancellation.
 */
export async function liveFourteenMonths(story: Story): Promise<void> {
  const { stripe } = story;
  const catalog = await makeCatalog(stripe);
  const people = await subscribeAll(story, catalog);
  for (let month = 1; month <= MONTHS; month++) {
    await stripe.billing.meterEvents.create({
      event_name: 'calls',
      identifier: `calls-${month}`,
      payload: { stripe_customer_id: String(people.metered.customer), value: String(40 * month) },
      timestamp: await story.now(),
    });
    await story.advance(31 * DAY);
    await changeSomething(story, { month, catalog, people });
  }
}

type Catalog = Awaited<ReturnType<typeof makeCatalog>>;
type People = Awaited<ReturnType<typeof subscribeAll>>;

async function makeCatalog(stripe: Stripe) {
  const product = await stripe.products.create({ name: 'Mirrored', metadata: { family: 'one' } });
  const base = { product: product.id, currency: 'usd' };
  const licensed = (unit_amount: number, interval: Interval) =>
    stripe.prices.create({ ...base, unit_amount, recurring: { interval } });
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  const metered = await stripe.prices.create({
    ...base,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 100, unit_amount_decimal: Stripe.Decimal.from('1.25') },
      { up_to: 'inf', unit_amount_decimal: Stripe.Decimal.from('0.75') },
    ],
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const yen = await stripe.prices.create({
    ...base,
    currency: 'jpy',
    unit_amount: 1500,
    recurring: { interval: 'month' },
  });
  const setup = await stripe.prices.create({ ...base, unit_amount: 5000 });
  const half = await stripe.coupons.create({ percent_off: 50, duration: 'repeating', duration_in_months: 3 });
  const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
  return {
    product,
    small: await licensed(1000, 'month'),
    large: await licensed(3000, 'month'),
    yearly: await licensed(9000, 'year'),
    metered,
    yen,
    setup,
    half,
    rate,
  };
}

async function payer(stripe: Stripe, card: string): Promise<string> {
  const customer = await stripe.customers.create({ email: `${card}@example.com`, name: card });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  const settings = { default_payment_method: method.id };
  await stripe.customers.update(customer.id, { invoice_settings: settings });
  return customer.id;
}

async function subscribeAll({ stripe, now }: Story, catalog: Catalog) {
  const start = async (card: string, price: string, extra: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer: await payer(stripe, card), items: [{ price }], ...extra });
  const scheduled = await stripe.subscriptionSchedules.create({
    customer: await payer(stripe, 'pm_card_visa'),
    start_date: await now(),
    end_behavior: 'release',
    phases: [
      { items: [{ price: catalog.small.id }], duration: { interval: 'month', interval_count: 2 } },
      {
        items: [{ price: catalog.large.id, quantity: 2 }],
        duration: { interval: 'month', interval_count: 4 },
      },
    ],
  });
  return {
    scheduled,
    changing: await start('pm_card_visa', catalog.small.id, { default_tax_rates: [catalog.rate.id] }),
    failing: await start('pm_card_chargeCustomerFail', catalog.small.id, { trial_period_days: 10 }),
    mixed: await start('pm_card_mastercard', catalog.small.id, {
      items: [{ price: catalog.small.id }, { price: catalog.yearly.id }],
    }),
    metered: await start('pm_card_visa', catalog.metered.id),
    discounted: await start('pm_card_visa', catalog.large.id, { discounts: [{ coupon: catalog.half.id }] }),
    yen: await start('pm_card_amex', catalog.yen.id),
    ending: await start('pm_card_amex', catalog.large.id, {
      items: [{ price: catalog.large.id, quantity: 3 }],
    }),
  };
}

interface Month {
  month: number;
  catalog: Catalog;
  people: People;
}

async function changeSomething({ stripe }: Story, { month, catalog, people }: Month): Promise<void> {
  if (month % 3 === 0) {
    await stripe.subscriptions.update(people.changing.id, {
      items: [
        {
          id: people.changing.items.data[0]?.id ?? '',
          price: month % 2 === 0 ? catalog.small.id : catalog.large.id,
        },
      ],
      proration_behavior: month % 2 === 0 ? 'always_invoice' : 'create_prorations',
    });
  }
  if (month % 4 === 0) await buyByCheckout(stripe, catalog);
  if (month % 5 === 0) await giveBack(stripe);
  const others: Record<number, () => Promise<unknown>> = {
    2: () =>
      stripe.customers.createTaxId(String(people.yen.customer), { type: 'eu_vat', value: 'DE123456789' }),
    4: () => stripe.subscriptions.update(people.ending.id, { cancel_at_period_end: true }),
    5: () =>
      stripe.subscriptions.pause(people.yen.id, {
        type: 'subscription',
        bill_for: { unused_time_from: { type: 'now' } },
      }),
    6: () => stripe.products.update(catalog.product.id, { description: 'Renamed', metadata: { family: '' } }),
    7: () => stripe.subscriptions.resume(people.yen.id),
    8: () => stripe.subscriptions.update(people.mixed.id, { pause_collection: { behavior: 'void' } }),
    9: () => stripe.prices.update(catalog.setup.id, { nickname: 'Once' }),
    10: () => stripe.subscriptions.update(people.mixed.id, { pause_collection: '' }),
    11: () => replaceCard(stripe, String(people.failing.customer)),
    12: () => stripe.subscriptions.cancel(people.discounted.id, { invoice_now: true, prorate: true }),
    13: () => stripe.customers.update(String(people.yen.customer), { name: 'Renamed', balance: -500 }),
  };
  await others[month]?.();
}

/** Completes a hosted checkout the way its page does. */
async function buyByCheckout(stripe: Stripe, catalog: Catalog): Promise<void> {
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    success_url: 'https://example.com/done',
    line_items: [
      { price: catalog.small.id, quantity: 1 },
      { price: catalog.setup.id, quantity: 1 },
    ],
    customer: await payer(stripe, 'pm_card_visa'),
  });
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' } });
  await stripe.rawRequest('POST', `/v1/payment_pages/${session.id}/confirm`, { payment_method: method.id });
}

/** A credit note by refund of one paid invoice, a plain refund of another one. */
async function giveBack(stripe: Stripe): Promise<void> {
  const { data } = await stripe.invoices.list({ status: 'paid', limit: 20, expand: ['data.payments'] });
  const [first, second] = data.filter(
    (invoice) =>
      invoice.currency === 'usd' && invoice.amount_paid > 500 && invoice.payments?.data.length === 1,
  );
  if (first) await stripe.creditNotes.create({ invoice: first.id, amount: 100, refund_amount: 100 });
  const intent = second?.payments?.data[0]?.payment.payment_intent;
  if (intent) await stripe.refunds.create({ payment_intent: String(intent), amount: 200 });
}

async function replaceCard(stripe: Stripe, customer: string): Promise<void> {
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const { data } = await stripe.invoices.list({ customer, status: 'open', limit: 20 });
  for (const invoice of data) await stripe.invoices.pay(invoice.id);
}
