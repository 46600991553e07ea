import { createHmac, randomUUID } from 'node:crypto';
import { sleep, type Trial } from './trial.ts';

const secret = 'whsec_only_trials_know_this_one';
export const proMonthly = 'mg_voice-ops_pro_v1_base_month_usd';
export const businessMonthly = 'mg_voice-ops_business_v1_base_month_usd';

export interface StripeEvent {
  id: string;
  type: string;
  created: number;
  data: { object: Record<string, unknown> };
}

export interface Buyer {
  organizationId: string;
  customer: string;
}

// biome-ignore lint/suspicious/noExplicitAny: trials look into answers of any form
type Answer = any;

/** An emulated Stripe with buyers in it, and the means to play their events to the API by hand. */
export interface StripeStory {
  /** What an API needs to be told to talk to it. */
  settings: Record<string, string>;
  /** A call as the SDK makes it; throws for anything but 2xx. */
  call(method: string, path: string, params?: Record<string, unknown>): Promise<Answer>;
  /** Clock, faults, deliveries. */
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  addBuyer(slug: string, card?: string): Promise<Buyer>;
  subscribe(buyer: Buyer, priceKey: string): Promise<Answer>;
  price(key: string): Promise<string>;
  /** Everything that happened to these customers, oldest first. */
  events(buyers: readonly Buyer[]): Promise<StripeEvent[]>;
  /** Posts one event, signed now; answers the status, 0 when nobody answered. */
  deliver(apiUrl: string, event: StripeEvent): Promise<number>;
}

export async function startStripeStory(trial: Trial): Promise<StripeStory> {
  const { STRIPE_API_BASE: base = '' } = await trial.startEmulator();
  const call: StripeStory['call'] = async (method, path, params = {}) => {
    const encoded = encode(params);
    const isRead = method === 'GET';
    const response = await fetch(`${base}/v1/${path}${isRead && encoded !== '' ? `?${encoded}` : ''}`, {
      method,
      headers: {
        authorization: 'Bearer sk_test_trial',
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(isRead ? {} : { body: encoded }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const price = (key: string) => findPrice(call, key);
  return {
    settings: { STRIPE_API_BASE: base, STRIPE_WEBHOOK_SECRET: secret },
    call,
    price,
    control: (method, path, body) => control(`${base}/_emu${path}`, method, body),
    addBuyer: (slug, card) => addBuyer(trial, call, { slug, card: card ?? 'pm_card_visa' }),
    subscribe: async ({ customer }, key) =>
      call('POST', 'subscriptions', { customer, items: [{ price: await price(key) }] }),
    events: (buyers) => eventsOf(call, buyers),
    deliver,
  };
}

/** The API publishes its catalogue in the background as soon as it runs. */
async function findPrice(call: StripeStory['call'], key: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { data } = await call('GET', 'prices', { lookup_keys: [key] });
    if (data.length > 0) return data[0].id;
    await sleep(200);
  }
  throw new Error(`the catalogue has no price ${key}`);
}

async function addBuyer(
  { database }: Trial,
  call: StripeStory['call'],
  { slug, card }: { slug: string; card: string },
): Promise<Buyer> {
  const organizationId = randomUUID();
  const { id: customer } = await call('POST', 'customers', { name: slug });
  const method = await call('POST', `payment_methods/${card}/attach`, { customer });
  await call('POST', `customers/${customer}`, { invoice_settings: { default_payment_method: method.id } });
  await database.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency, stripe_customer_id)
     values ($1, $2, $2, $2, $3, 'USD', $4)`,
    [organizationId, slug, `${slug}@example.com`, customer],
  );
  return { organizationId, customer };
}

async function eventsOf(call: StripeStory['call'], buyers: readonly Buyer[]): Promise<StripeEvent[]> {
  const customers = new Set<unknown>(buyers.map(({ customer }) => customer));
  const found: StripeEvent[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await call('GET', 'events', { limit: 100, ...(after && { starting_after: after }) });
    found.push(...page.data);
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) break;
  }
  return found
    .toReversed()
    .filter(({ data }) => customers.has(data.object.id) || customers.has(data.object.customer));
}

async function deliver(apiUrl: string, event: StripeEvent): Promise<number> {
  const body = JSON.stringify(event);
  const stamp = Math.floor(Date.now() / 1000);
  const hash = createHmac('sha256', secret).update(`${stamp}.${body}`).digest('hex');
  return fetch(`${apiUrl}/api/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${stamp},v1=${hash}` },
    body,
    signal: AbortSignal.timeout(15_000),
  }).then(
    ({ status }) => status,
    () => 0,
  );
}

async function control(url: string, method: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Stripe's form encoding: `items[0][price]=…`. */
function encode(value: unknown, name = ''): string {
  if (typeof value !== 'object' || value === null) {
    return `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`;
  }
  const parts = Object.entries(value).map(([key, part]) =>
    encode(part, name === '' ? key : `${name}[${key}]`),
  );
  return parts.join('&');
}

/** Looks again until it is so; false when it never was. */
export async function eventually(isSo: () => Promise<boolean>, secondsMax: number): Promise<boolean> {
  const deadline = performance.now() + secondsMax * 1000;
  while (performance.now() < deadline) {
    if (await isSo().catch(() => false)) return true;
    await sleep(100);
  }
  return false;
}

export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ item }) => item);
}
