import { type Caller, createCaller } from './caller.ts';
import { intentsAtStripe, leaveIntent, undelivered } from './intents.ts';
import { type Buyer, proMonthly, type StripeEvent, type StripeStory } from './stripe-story.ts';
import { sleep, type Trial } from './trial.ts';
import type { TrialApi } from './trial-api.ts';

const agencyMonthly = 'mg_agency_agency_v1_base_month_usd';
const usageHours = 2 * 3_600_000;
const monthMs = 33 * 86_400_000;
/** When the clock has moved by a month, the months of every buyer of the long form end. */
const drainMsMax = 300_000;

export interface StripeCrashes {
  trial: Trial;
  story: StripeStory;
  api: TrialApi;
  caller: Caller;
}

export async function startStripeCrashes(trial: Trial, story: StripeStory): Promise<StripeCrashes> {
  const api = await trial.startApi(story.settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  await caller.post('/test/drain', {}, { timeoutMs: drainMsMax });
  return { trial, story, api, caller };
}

let made = 0;
async function buyers({ story }: StripeCrashes, count: number): Promise<Buyer[]> {
  const all: Buyer[] = [];
  for (let n = 0; n < count; n += 1) all.push(await story.addBuyer(`crash-${++made}`));
  return all;
}

/** The n-th event is met by the crash; afterwards each of the n is applied once. */
export async function crashInbound(crashes: StripeCrashes, point: string, n: number): Promise<void> {
  const { trial, story, api } = crashes;
  const made = await buyers(crashes, n);
  for (const buyer of made) await story.subscribe(buyer, proMonthly);
  const events = (await story.events(made)).filter(({ type }) => type === 'customer.subscription.created');
  await arm(crashes, point, n);
  for (const event of events) await story.deliver(api.url, event);
  await nudge(crashes);
  await comeBack(crashes, 'inbound_events');
  await deliverAll(crashes, events);
  const ids = made.map(({ organizationId }) => organizationId);
  const started = await trial.count(
    `select count(*) from audit_log where action = 'subscription.started' and organization_id = any($1)`,
    [ids],
  );
  const live = await trial.count(
    `select count(*) from subscriptions where status = 'active' and organization_id = any($1)`,
    [ids],
  );
  const open = await trial.count(
    `select count(*) from inbound_events where status not in ('processed', 'ignored')`,
  );
  trial.check(
    `${point}:${n} each event once`,
    started === n && live === n && open === 0,
    `${started} of ${n}`,
  );
}

/** The n-th message is met by the crash; afterwards each of the n is one line at Stripe. */
export async function crashOutbox(crashes: StripeCrashes, point: string, n: number): Promise<void> {
  const { trial, story } = crashes;
  const made = await buyers(crashes, n);
  const intents = made.map(({ organizationId }) => `${point}:${organizationId}`);
  await arm(crashes, point, n);
  for (const [k, buyer] of made.entries()) await leaveIntent(trial, buyer, intents[k] ?? '');
  await nudge(crashes);
  await comeBack(crashes, 'outbox');
  const lines = (await intentsAtStripe(story)).filter((intent) => intents.includes(intent));
  const isOnce = lines.length === n && new Set(lines).size === n && (await undelivered(trial)) === 0;
  trial.check(`${point}:${n} each message once`, isOnce, `${lines.length} lines of ${n}`);
}

/** Dies at the n-th write to Stripe while a month is closed; afterwards each month has one invoice of its amount. */
export async function crashClosing(crashes: StripeCrashes, n: number): Promise<void> {
  const { trial, story, caller } = crashes;
  const [buyer] = await buyers(crashes, 1);
  if (buyer === undefined) return;
  await story.subscribe(buyer, agencyMonthly);
  await deliverAll(crashes, await story.events([buyer]));
  const { now } = (await caller.get('/test/clock')).json;
  const later = Date.parse(now) + usageHours;
  await moveTo(crashes, later);
  const { externalId } = await organizationOf(trial, buyer);
  const used = await caller.post('/v1/usage-events', {
    events: ['message', 'voice_transcription'].map((meter) => ({
      id: `${meter}-${made}`,
      organization: externalId,
      meter,
      quantity: '9000',
      occurredAt: now,
    })),
  });
  trial.check('usage was taken', used.status === 200 && used.json.accepted === 2, used.json?.accepted);
  await arm(crashes, 'period.closing', n);
  await moveTo(crashes, later + monthMs);
  await nudge(crashes);
  await comeBack(crashes, 'schedule_runs');
  await caller.post('/test/drain', {}, { timeoutMs: drainMsMax });
  await nextQuarter(crashes);
  const { data } = await story.call('GET', 'invoices', { customer: buyer.customer, limit: 100 });
  const usage = data.filter(({ metadata }: { metadata: object }) => 'metergate_subscription' in metadata);
  // (9 000 − 5 000) messages and (9 000 − 500) transcriptions, at the prices of the catalogue.
  const billed = await trial.count(
    `select coalesce(sum(amount_minor), 0) from usage_billings where organization_id = $1`,
    [buyer.organizationId],
  );
  const isRight =
    usage.length === 1 && usage[0].total === billed && usage[0].status !== 'draft' && billed > 0;
  trial.check(
    `period.closing:${n} one invoice of what was used`,
    isRight,
    `${usage.length}, ${usage[0]?.total}`,
  );
}

async function arm({ caller }: StripeCrashes, point: string, n: number): Promise<void> {
  await caller.post('/test/crash', { point, n });
}

/** Asks for work until the process has died of it. */
async function nudge({ api, caller }: StripeCrashes): Promise<void> {
  for (let attempt = 0; attempt < 100 && api.isRunning(); attempt += 1) {
    await caller.post('/test/drain', {}, { timeoutMs: 30_000 }).catch(() => undefined);
    await sleep(50);
  }
}

/** Leases of the dead process are ended early instead of waiting a minute for each. */
async function comeBack({ trial, api, caller }: StripeCrashes, table: string): Promise<void> {
  trial.check(`${table}: the process died`, !api.isRunning());
  await trial.database.owner.query(
    `update ${table} set lease_until = now() - interval '1 second' where lease_until is not null`,
  );
  if (!api.isRunning()) await api.start();
  await caller.post('/test/drain', {}, { timeoutMs: drainMsMax });
}

async function deliverAll(
  { story, api, caller }: StripeCrashes,
  events: readonly StripeEvent[],
): Promise<void> {
  for (const event of events) await story.deliver(api.url, event);
  await caller.post('/test/drain', {}, { timeoutMs: drainMsMax });
}

async function moveTo({ story, caller }: StripeCrashes, atMs: number): Promise<void> {
  const now = new Date(atMs).toISOString();
  await story.control('POST', '/clock', { now });
  await caller.post('/test/clock', { now }).catch(() => undefined);
}

/** What a run could not finish is finished by the one of the next quarter of an hour. */
async function nextQuarter(crashes: StripeCrashes): Promise<void> {
  const { now } = (await crashes.caller.get('/test/clock')).json;
  await moveTo(crashes, Date.parse(now) + 1_000_000);
  await crashes.caller.post('/test/drain', {}, { timeoutMs: drainMsMax });
}

async function organizationOf(
  { database }: Trial,
  { organizationId }: Buyer,
): Promise<{ externalId: string }> {
  const { rows } = await database.owner.query<{ externalId: string }>(
    'select external_id as "externalId" from organizations where id = $1',
    [organizationId],
  );
  return rows[0] ?? { externalId: '' };
}
