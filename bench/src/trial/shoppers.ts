import type { CallAnswer, Caller } from './caller.ts';
import { type Buyer, eventually, type StripeStory } from './stripe-story.ts';
import type { Trial } from './trial.ts';

/** Both have a card: one has bought nothing yet, the other has a plan and two seats and wants more of both. */
export interface Shoppers {
  name: string;
  newcomer: Buyer & { slug: string };
  regular: Buyer & { slug: string };
  /** Of the regular's two changes, made while Stripe was there. */
  quotes: string[];
}

export interface Market {
  trial: Trial;
  story: StripeStory;
  caller: Caller;
}

const voicePro = { family: 'voice-ops', plan: 'pro' };
const studioPro = { family: 'agent-studio', plan: 'pro' };
const changes = [
  { family: 'voice-ops', plan: 'business' },
  { family: 'agent-studio', quantity: '5' },
] as const;

export async function addShoppers(market: Market, name: string): Promise<Shoppers> {
  const add = async (slug: string) => ({ slug, ...(await market.story.addBuyer(slug)) });
  const newcomer = await add(`newcomer-${name}`);
  const regular = await add(`regular-${name}`);
  const shoppers = { name, newcomer, regular, quotes: [] as string[] };
  for (const wish of [voicePro, { ...studioPro, quantity: '2' }]) {
    const { status, json } = await post(market, regular.slug, { path: 'subscriptions', body: wish });
    if (status !== 201) throw new Error(`${wish.family} was not sold: ${JSON.stringify(json)}`);
  }
  for (const wish of changes) shoppers.quotes.push(await quote(market, shoppers, wish));
  return shoppers;
}

/** Everything that asks Stripe is tried while nothing of it works. */
export async function tryAll(market: Market, shoppers: Shoppers): Promise<void> {
  const { newcomer, regular, quotes } = shoppers;
  const answers = await Promise.all([
    post(market, newcomer.slug, { path: 'subscriptions', body: voicePro }),
    post(market, newcomer.slug, { path: 'checkout-sessions', body: studioPro }),
    ...changes.map((wish) => post(market, regular.slug, { path: 'quotes', body: wish })),
    ...quotes.map((id) => post(market, regular.slug, { path: `quotes/${id}/accept`, body: {} })),
  ]);
  requireRefusals(market, shoppers, answers);
  const accepted = await market.trial.count(
    'select count(*) from quotes where organization_id = $1 and accepted_at is not null',
    [regular.organizationId],
  );
  market.trial.check(`${shoppers.name}: quotes that count as accepted`, accepted === 0, accepted);
  await requireNoClaims(market, shoppers);
  await requireNothingMade(market, shoppers);
}

/** The same while Stripe can be read and only fails when it is asked to do it. */
export async function tryWrites(market: Market, shoppers: Shoppers): Promise<void> {
  const { newcomer, regular, quotes } = shoppers;
  const [plan, seats] = quotes;
  // Three failures in a row would keep everybody from asking for a while.
  const first = await post(market, regular.slug, { path: `quotes/${seats}/accept`, body: {} });
  const others = await Promise.all([
    post(market, newcomer.slug, { path: 'subscriptions', body: voicePro }),
    post(market, regular.slug, { path: `quotes/${plan}/accept`, body: {} }),
  ]);
  requireRefusals(market, shoppers, [first, ...others]);
  await requireNoClaims(market, shoppers);
}

function requireRefusals({ trial }: Market, { name }: Shoppers, answers: readonly CallAnswer[]): void {
  const isClear = answers.every(
    ({ status, json, headers }) =>
      status === 503 &&
      json.error.code === 'STRIPE_UNAVAILABLE' &&
      json.error.retriable === true &&
      json.error.message.includes('try again') &&
      Number(headers.get('retry-after')) > 0,
  );
  const codes = new Set(answers.map(({ status, json }) => `${status} ${json?.error?.code ?? ''}`));
  trial.check(`${name}: purchases and changes refused with what to do`, isClear, [...codes].join(', '));
  const slowest = Math.max(...answers.map(({ tookMs }) => tookMs));
  trial.check(`${name}: refused within 10 s`, slowest < 10_000, `${Math.round(slowest)} ms`);
}

async function requireNoClaims({ trial }: Market, { name, newcomer, regular }: Shoppers): Promise<void> {
  const held = await trial.count(
    'select count(*) from purchase_claims where organization_id = any($1) and holder is not null',
    [[newcomer.organizationId, regular.organizationId]],
  );
  trial.check(`${name}: claims that block a later purchase`, held === 0, held);
}

async function requireNothingMade({ trial }: Market, { name, newcomer, regular }: Shoppers): Promise<void> {
  const made = await trial.count(
    `select (select count(*) from subscriptions where organization_id = $1)
          + (select count(*) from checkout_sessions where organization_id = $1)`,
    [newcomer.organizationId],
  );
  const kept = await trial.count(
    `select count(*) from subscriptions where organization_id = $1 and plan = 'pro' and status = 'active'`,
    [regular.organizationId],
  );
  trial.check(`${name}: nothing half made`, made === 0 && kept === 2, `${made} made, ${kept} of 2 kept`);
}

/**
 * Whoever was refused tries again until it is so: one subscription, one change, one charge each. Judged when `isCalm`:
 * what Stripe still does late is done by then.
 */
export async function requireEachOnce(
  market: Market,
  shoppers: Shoppers,
  isCalm: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const { trial, story } = market;
  const { name, newcomer, regular } = shoppers;
  const isBought = await eventually(() => isNowBought(market, shoppers), 30);
  const isChanged: boolean[] = [];
  for (const n of changes.keys()) {
    isChanged.push(await eventually(() => isNowChanged(market, shoppers, n), 30));
  }
  trial.check(`${name}: the same again succeeds`, isBought && isChanged.every(Boolean));
  await isCalm;
  const bought = await charged(story, newcomer.customer);
  trial.check(`${name}: one purchase, one charge`, bought === '1 live, 1 paid', bought);
  const changed = await charged(story, regular.customer);
  trial.check(`${name}: two changes, two charges`, changed === '2 live, 4 paid', changed);
  const right = await trial.count(
    `select count(*) from subscriptions s where status = 'active' and access = 'full' and (
       organization_id = $1 and plan = 'pro' or organization_id = $2 and (plan = 'business' or exists (
         select 1 from subscription_items i where i.subscription_id = s.id and i.quantity = 5)))`,
    [newcomer.organizationId, regular.organizationId],
  );
  trial.check(`${name}: we know all three`, right === 3, right);
}

async function isNowBought(market: Market, { newcomer }: Shoppers): Promise<boolean> {
  const { status, json } = await post(market, newcomer.slug, { path: 'subscriptions', body: voicePro });
  return status === 201 || json.error.code === 'SUBSCRIPTION_EXISTS';
}

/** By the quote they have, or by a new one when it is too old. */
async function isNowChanged(market: Market, shoppers: Shoppers, n: number): Promise<boolean> {
  const { slug } = shoppers.regular;
  const { status, json } = await post(market, slug, {
    path: `quotes/${shoppers.quotes[n]}/accept`,
    body: {},
  });
  if (status === 200) return true;
  const wish = changes[n];
  const isOutdated = ['QUOTE_EXPIRED', 'QUOTE_CHANGED'].includes(json.error.code);
  if (isOutdated && wish !== undefined) shoppers.quotes[n] = await quote(market, shoppers, wish);
  return json.error.code === 'CHANGE_IS_NOTHING';
}

async function charged(story: StripeStory, customer: string): Promise<string> {
  const subscriptions = await story.call('GET', 'subscriptions', { customer, status: 'all', limit: 100 });
  const invoices = await story.call('GET', 'invoices', { customer, limit: 100 });
  const live = subscriptions.data.filter(({ status }: { status: string }) => status === 'active');
  const paid = invoices.data.filter(({ status }: { status: string }) => status === 'paid');
  const others = subscriptions.data.length + invoices.data.length - live.length - paid.length;
  return `${live.length} live, ${paid.length} paid${others === 0 ? '' : `, ${others} others`}`;
}

async function quote(market: Market, { regular }: Shoppers, wish: object): Promise<string> {
  const { status, json } = await post(market, regular.slug, { path: 'quotes', body: wish });
  if (status !== 201) throw new Error(`no quote: ${JSON.stringify(json)}`);
  return json.id;
}

function post({ caller }: Market, slug: string, { path, body }: { path: string; body: object }) {
  return caller.post(`/v1/organizations/${slug}/billing/${path}`, body, { timeoutMs: 30_000 });
}
