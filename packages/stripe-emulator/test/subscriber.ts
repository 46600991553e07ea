import type Stripe from 'stripe';
import { createPayer, createPlan, DAY, type Flow } from './flow.ts';

type SubscriberOptions = Partial<Stripe.SubscriptionCreateParams> & { card?: string; quantity?: number };

/** A customer with a card, and its subscription of a plan of its own. */
export async function createSubscriber(
  stripe: Stripe,
  price: Parameters<typeof createPlan>[1],
  { card, quantity = 1, ...params }: SubscriberOptions = {},
) {
  const plan = await createPlan(stripe, price);
  const customer = await createPayer(stripe, card);
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: plan.id, quantity }],
    ...params,
  });
  return { plan, customer, subscription, item: subscription.items.data[0]?.id ?? '' };
}

/** Newest first. */
export async function invoicesOf(stripe: Stripe, subscription: string): Promise<Stripe.Invoice[]> {
  return (await stripe.invoices.list({ subscription, limit: 100, expand: ['data.payments'] })).data;
}

export async function latestInvoice(stripe: Stripe, subscription: string): Promise<Stripe.Invoice> {
  const [invoice] = await invoicesOf(stripe, subscription);
  if (!invoice) throw new Error('no invoice');
  return invoice;
}

/** Totals of a subscription's invoices in the order in which they came. */
export async function totals(stripe: Stripe, subscription: string): Promise<number[]> {
  return (await invoicesOf(stripe, subscription)).map((invoice) => invoice.total).reverse();
}

/** What the newest invoice of all comes to, and each of its lines. */
export async function newestAmounts(stripe: Stripe): Promise<{ total: number; lines: number[] }> {
  const [invoice] = (await stripe.invoices.list()).data;
  if (!invoice) throw new Error('no invoice');
  return { total: invoice.total, lines: invoice.lines.data.map((line) => line.amount) };
}

export async function customerOf(stripe: Stripe, id: string): Promise<Stripe.Customer> {
  const customer = await stripe.customers.retrieve(id);
  if (customer.deleted) throw new Error('the customer is gone');
  return customer;
}

/** The objects that events of one type were about, in the order in which they came. */
export async function eventsOf(stripe: Stripe, type: string): Promise<string[]> {
  const { data } = await stripe.events.list({ type, limit: 100 });
  return data.map((event) => Object(event.data.object).id).reverse();
}

/** `accepted`, or status, code and parameter of the refusal. */
export function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    (error: Stripe.errors.StripeError) => `${error.statusCode} ${error.code ?? '-'} ${error.param ?? '-'}`,
  );
}

/** So many renewals further, each with the hour in which its invoice is a draft. */
export async function months(flow: Flow, count: number): Promise<void> {
  for (let month = 0; month < count; month++) await flow.advance(31 * DAY + 3600);
}
