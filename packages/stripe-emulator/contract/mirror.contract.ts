import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../src/index.ts';

/**
 * A mirror as applications keep one: lists at the start, then a re-fetch of whatever a signed webhook names.
 * It uses nothing but the official SDK. A change that the emulator makes without an event leaves a stale row
 * here and fails the comparison at the end.
 */
const READERS: Record<string, (stripe: Stripe) => AsyncIterable<{ id: string }>> = {
  product: (stripe) => stripe.products.list({ limit: 100 }),
  price: (stripe) => stripe.prices.list({ limit: 100 }),
  customer: (stripe) => stripe.customers.list({ limit: 100 }),
  subscription: (stripe) => stripe.subscriptions.list({ limit: 100, status: 'all' }),
  invoice: (stripe) => stripe.invoices.list({ limit: 100 }),
  payment_intent: (stripe) => stripe.paymentIntents.list({ limit: 100 }),
  charge: (stripe) => stripe.charges.list({ limit: 100 }),
  credit_note: (stripe) => stripe.creditNotes.list({ limit: 100 }),
  subscription_schedule: (stripe) => stripe.subscriptionSchedules.list({ limit: 100 }),
};
const PATHS: Record<string, string> = {
  product: 'products',
  price: 'prices',
  customer: 'customers',
  subscription: 'subscriptions',
  invoice: 'invoices',
  payment_intent: 'payment_intents',
  charge: 'charges',
  credit_note: 'credit_notes',
  subscription_schedule: 'subscription_schedules',
};
const MONTHS = 14;
/** A counter that moves with every finalized invoice and has no event of its own. */
const SILENT = new Set(['next_invoice_sequence']);

interface Cast {
  changing: Stripe.Subscription;
  ending: Stripe.Subscription;
  small: string;
  large: string;
}

/** Every third month a change of price, once a cancellation, every fifth month a credit. */
async function changeInMonth(stripe: Stripe, month: number, cast: Cast): Promise<void> {
  const isEven = month % 2 === 0;
  if (month % 3 === 0) {
    const item = cast.changing.items.data[0]?.id ?? '';
    await stripe.subscriptions.update(cast.changing.id, {
      items: [{ id: item, price: isEven ? cast.small : cast.large }],
      proration_behavior: isEven ? 'always_invoice' : 'create_prorations',
    });
  }
  if (month === 4) await stripe.subscriptions.update(cast.ending.id, { cancel_at_period_end: true });
  if (month % 5 !== 0) return;
  const [paid] = (await stripe.invoices.list({ status: 'paid', limit: 1 })).data;
  if (paid && paid.total > 0)
    await stripe.creditNotes.create({ invoice: paid.id, amount: 100, refund_amount: 100 });
}

describe('a mirror that is fed by lists and webhooks', () => {
  const mirror = new Map<string, string>();
  const touched = new Map<string, string>();
  let emulator: Emulator;
  let stripe: Stripe;
  let receiver: Server;
  let secret = '';
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, now: new Date('2026-01-31T09:00:00Z') });
    const address = { host: '127.0.0.1', port: emulator.port, protocol: 'http' } as const;
    stripe = new Stripe('sk_test_mirror', { ...address, telemetry: false });
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        const event = stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, secret);
        const { id, object }: { id?: string; object?: string } = { ...event.data.object };
        if (id && object && PATHS[object]) touched.set(id, object);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    // The server listens on a port, so its address is not a pipe's name.
    const { port } = receiver.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/hook`;
    secret = (await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })).secret ?? '';
  });
  afterAll(async () => {
    await emulator.close();
    receiver.close();
  });

  const control = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return JSON.parse(await (await fetch(`${emulator.url}/_emu${path}`, init)).text());
  };
  const rawText = (value: unknown) =>
    JSON.stringify(value, (name, inner: unknown) => (SILENT.has(name) ? undefined : inner));

  async function readAll(): Promise<Map<string, string>> {
    const all = new Map<string, string>();
    for (const read of Object.values(READERS)) {
      for await (const row of read(stripe)) all.set(row.id, rawText(row));
    }
    return all;
  }

  /** Waits until everything is delivered, then fetches what the webhooks named. */
  async function catchUp(): Promise<void> {
    const isIdle = async () => (await control('GET', '/idle')).idle;
    await expect.poll(isIdle, { timeout: 20_000 }).toBe(true);
    const due = [...touched];
    touched.clear();
    for (const [id, object] of due) {
      const row = await stripe.rawRequest('GET', `/v1/${PATHS[object]}/${id}`).catch(() => null);
      const isGone = row === null || Reflect.get(row, 'deleted') === true;
      if (isGone) mirror.delete(id);
      else mirror.set(id, rawText(row));
    }
  }

  async function payer(card: string) {
    const customer = await stripe.customers.create({ email: `${card}@example.com` });
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
    return stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  }

  it('differs in no field after fourteen months of renewals, failures, changes and credits', async () => {
    const product = await stripe.products.create({ name: 'Mirrored' });
    const price = (unit_amount: number, interval: 'month' | 'year') =>
      stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, recurring: { interval } });
    const [small, large, yearly] = [
      await price(1000, 'month'),
      await price(3000, 'month'),
      await price(9000, 'year'),
    ];
    for (const [id, text] of await readAll()) mirror.set(id, text);
    const subscribe = async (card: string, extra: Partial<Stripe.SubscriptionCreateParams> = {}) => {
      const customer = await payer(card);
      return stripe.subscriptions.create({ customer: customer.id, items: [{ price: small.id }], ...extra });
    };
    const changing = await subscribe('pm_card_visa');
    await subscribe('pm_card_chargeCustomerFail', { trial_period_days: 10 });
    await subscribe('pm_card_mastercard', { items: [{ price: small.id }, { price: yearly.id }] });
    const ending = await subscribe('pm_card_amex', { items: [{ price: large.id, quantity: 3 }] });
    for (let month = 1; month <= MONTHS; month++) {
      await control('POST', '/clock', { advanceSeconds: 31 * 86_400 });
      await changeInMonth(stripe, month, { changing, ending, large: large.id, small: small.id });
      await catchUp();
    }
    const truth = await readAll();
    const differences = [...truth].filter(([id, text]) => mirror.get(id) !== text);
    const invented = [...mirror.keys()].filter((id) => !truth.has(id));
    const fields = differences.flatMap(([id, text]) => differingFields(id, mirror.get(id), text));
    process.stdout.write(`mirror: ${truth.size} objects, ${fields.length} fields differ\n`);
    expect(fields).toEqual([]);
    expect(invented).toEqual([]);
    expect(truth.size).toBeGreaterThan(100);
  }, 60_000);
});

function differingFields(id: string, mine: string | undefined, theirs: string): string[] {
  if (mine === undefined) return [`${id}: missing`];
  const [left, right] = [Object(JSON.parse(mine)), Object(JSON.parse(theirs))];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names]
    .filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]))
    .map((name) => `${id}.${name}`);
}
