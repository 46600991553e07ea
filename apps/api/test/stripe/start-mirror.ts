import type { OrganizationId } from '@metergate/core';
import { startEmulator } from '@metergate/stripe-emulator';
import Stripe from 'stripe';
import { startTestApi, type TestApi } from '../start-test-api.ts';

export const webhookSecret = 'whsec_only_tests_know_this_one';

/** The application, an emulated Stripe with the catalogue in it, and the means to play events to each other. */
export interface MirrorWorld {
  api: TestApi;
  stripe: Stripe;
  emulatorUrl: string;
  /** An organization with a customer at Stripe; `card` is attached and made the default. */
  addCustomer(slug: string, card?: string): Promise<{ organizationId: OrganizationId; customer: string }>;
  /** Stripe id of a catalogue price. */
  price(key: string): Promise<string>;
  subscribe(customer: string, priceKey: string): Promise<Stripe.Subscription>;
  /** Everything that happened to the customer at Stripe, oldest first. */
  eventsOf(customer: string): Promise<Stripe.Event[]>;
  /** Posts one event, signed now; answers the status. */
  deliver(event: unknown, options?: { secret?: string; timestamp?: number }): Promise<number>;
  stop(): Promise<void>;
}

export async function startMirror(): Promise<MirrorWorld> {
  const emulator = await startEmulator({ port: 0 });
  const api = await startTestApi({ STRIPE_API_BASE: emulator.url, STRIPE_WEBHOOK_SECRET: webhookSecret });
  const stripe = new Stripe('sk_test_emulator', {
    host: '127.0.0.1',
    port: emulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  await api.container.drainUntilIdle();
  const price = (key: string) => findPrice(stripe, key);
  return {
    api,
    stripe,
    emulatorUrl: emulator.url,
    price,
    addCustomer: (slug, card) => addCustomer({ api, stripe }, slug, card),
    subscribe: async (customer, key) =>
      stripe.subscriptions.create({
        customer,
        items: [{ price: await price(key) }],
        billing_mode: { type: 'flexible' },
      }),
    eventsOf: (customer) => eventsOf(stripe, customer),
    deliver: (event, options) => deliverTo(api.url, event, options),
    async stop() {
      await api.stop();
      await emulator.close();
    },
  };
}

async function findPrice(stripe: Stripe, key: string): Promise<string> {
  const { data } = await stripe.prices.list({ lookup_keys: [key] });
  const [price] = data;
  if (price === undefined) throw new Error(`the catalogue has no price ${key}`);
  return price.id;
}

async function addCustomer(
  { api, stripe }: { api: TestApi; stripe: Stripe },
  slug: string,
  card = 'pm_card_visa',
): Promise<{ organizationId: OrganizationId; customer: string }> {
  const organizationId = await api.addOrganization(slug);
  const customer = await stripe.customers.create({ name: slug });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  await api.db.owner.query('update organizations set stripe_customer_id = $2 where id = $1', [
    organizationId,
    customer.id,
  ]);
  return { organizationId, customer: customer.id };
}

async function eventsOf(stripe: Stripe, customer: string): Promise<Stripe.Event[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  return events.toReversed().filter(({ data }) => {
    const object = data.object as { id?: string; customer?: unknown };
    return object.id === customer || object.customer === customer;
  });
}

/** Posts one event, signed now, to the application at `url`; answers the status. */
export async function deliverTo(
  url: string,
  event: unknown,
  options: { secret?: string; timestamp?: number; path?: string } = {},
): Promise<number> {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? webhookSecret,
    ...(options.timestamp === undefined ? {} : { timestamp: options.timestamp }),
  });
  const response = await fetch(`${url}${options.path ?? '/api/webhooks/stripe'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
    body: payload,
  });
  return response.status;
}
