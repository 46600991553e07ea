import Stripe from 'stripe';
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.ts';

export interface Flow {
  emulator: Emulator;
  stripe: Stripe;
  control: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;
  advance: (seconds: number) => Promise<void>;
  close: () => Promise<void>;
}

export const DAY = 86_400;

export function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

/** A fresh emulator with its clock frozen, answers checked against the SDK's types, and the real SDK. */
export async function startFlow(now: string, options: Partial<EmulatorOptions> = {}): Promise<Flow> {
  const emulator = await startEmulator({ port: 0, now: new Date(now), validate: true, ...options });
  const stripe = new Stripe('sk_test_emulator', {
    host: '127.0.0.1',
    port: emulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${emulator.url}/_emu${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(await response.text());
    const answer: Record<string, unknown> = JSON.parse(await response.text());
    return answer;
  };
  const advance = async (by: number) => {
    await control('POST', '/clock', { advanceSeconds: by });
  };
  return { emulator, stripe, control, advance, close: () => emulator.close() };
}

export async function createPlan(
  stripe: Stripe,
  price: Omit<Stripe.PriceCreateParams, 'product' | 'currency'> & { currency?: string },
): Promise<Stripe.Price> {
  const product = await stripe.products.create({ name: 'Plan' });
  return stripe.prices.create({
    currency: 'usd',
    recurring: { interval: 'month' },
    ...price,
    product: product.id,
  });
}

export async function createPayer(
  stripe: Stripe,
  card = 'pm_card_visa',
  params: Stripe.CustomerCreateParams = {},
): Promise<Stripe.Customer> {
  return stripe.customers
    .create({ email: 'a@example.com', name: 'A', payment_method: card, ...params })
    .then(async (customer) => {
      const methods = await stripe.customers.listPaymentMethods(customer.id);
      return stripe.customers.update(customer.id, {
        invoice_settings: { default_payment_method: methods.data[0]?.id ?? '' },
      });
    });
}
