import { type Caller, createCaller } from '../trial/caller.ts';
import {
  type Buyer,
  eventually,
  proMonthly,
  type StripeEvent,
  startStripeStory,
} from '../trial/stripe-story.ts';
import { runTrial, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

/** Of one event, before it is given up. */
const ATTEMPTS_MAX = 8;

/** What can never be applied is given up, holds nobody up, and can be replayed once its reason is gone. */
await runTrial('P16 a poisonous event', async (trial) => {
  const healthyCount = trial.isLong ? 100 : 10;
  const story = await startStripeStory(trial);
  const api = await trial.startApi({ ...story.settings, LOG_LEVEL: 'error' });
  const caller = createCaller({ url: api.url, key: trial.key });
  const poisoned = await story.addBuyer('poisoned');
  const foreign = await story.call('POST', 'prices', {
    currency: 'usd',
    unit_amount: 100,
    recurring: { interval: 'month' },
    product_data: { name: 'not of the catalogue' },
  });
  const { id } = await story.call('POST', 'subscriptions', {
    customer: poisoned.customer,
    items: [{ price: foreign.id }],
  });
  const healthy: Buyer[] = [];
  for (let n = 0; n < healthyCount; n += 1) healthy.push(await story.addBuyer(`healthy-${n}`));
  for (const buyer of healthy) await story.subscribe(buyer, proMonthly);
  const poisons = (await story.events([poisoned])).filter(({ data }) => data.object.id === id);
  if (poisons.length < 2) throw new Error('the poison was not made');
  trial.note(`said about the poisonous subscription: ${poisons.map(({ type }) => type).join(', ')}`);
  const events = await story.events(healthy);
  // Each twice; the comparison with Stripe's list may bring them a third time.
  for (const poison of [...poisons, ...poisons]) await story.deliver(api.url, poison);
  const startedAt = performance.now();
  await Promise.all(events.map((event) => story.deliver(api.url, event)));
  const done = () =>
    trial.count(`select count(*) from subscriptions where status = 'active' and plan = 'pro'`);
  const isServed = await eventually(async () => (await done()) === healthyCount, 60);
  const seconds = (performance.now() - startedAt) / 1000;
  trial.check(`${events.length} healthy events applied`, isServed, `${seconds.toFixed(1)} s`);
  await requireOneDeadLetterEach(trial, { api, caller, poisons });
  // The reason goes away: the subscription gets a price of the catalogue.
  const item = (await story.call('GET', `subscriptions/${id}`)).items.data[0].id;
  await story.call('POST', `subscriptions/${id}`, {
    items: [{ id: item, price: await story.price(proMonthly) }],
  });
  const effects = () =>
    trial.count(
      `select count(*) from audit_log where organization_id = $1 and action = 'subscription.started'`,
      [poisoned.organizationId],
    );
  const staff = await signInStaff(trial, api.url);
  for (const poison of poisons) {
    for (const expected of ['requeued', 'already_applied']) {
      const answer = await staff.replay(poison.id);
      trial.check(`replay of ${poison.type} answers ${expected}`, answer === expected, answer);
      await caller.post('/test/drain', {});
      trial.check('effects so far', (await effects()) === 1, await effects());
    }
  }
  trial.check('dead letters left', (await deadLetters(trial)).length === 0);
});

/** Every event that cannot be applied is a dead letter of its own; the same event twice is the same letter. */
async function requireOneDeadLetterEach(
  trial: Trial,
  { api, caller, poisons }: { api: TrialApi; caller: Caller; poisons: readonly StripeEvent[] },
): Promise<void> {
  const expected = poisons.map(({ id }) => id).toSorted();
  for (let n = 0; n < 12 && (await deadLetters(trial)).length < expected.length; n += 1) {
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
  }
  await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
  const letters = await deadLetters(trial);
  const isExact = letters.map(({ id }) => id).join() === expected.join();
  trial.check(
    'dead letters: one per event of that subscription, no other',
    isExact,
    `${letters.length} of ${expected.length}`,
  );
  const isTriedAlike = letters.every(({ attempts }) => attempts === ATTEMPTS_MAX);
  trial.check(`given up after ${ATTEMPTS_MAX} attempts each`, isTriedAlike);
  const alerts = await alertsCounted(api.url, 'inbound_event_dead');
  trial.check('one alert about each', alerts === expected.length, alerts);
}

async function deadLetters({ database }: Trial): Promise<{ id: string; attempts: number }[]> {
  const { rows } = await database.owner.query<{ id: string; attempts: number }>(
    `select external_id as id, attempts from inbound_events where status = 'dead' order by external_id collate "C"`,
  );
  return rows;
}

async function alertsCounted(apiUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  return Number(new RegExp(`^alerts_total\\{alert="${name}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** A person of the staff with the console's own calls. */
async function signInStaff({ database }: Trial, apiUrl: string) {
  const email = 'ops@example.com';
  const body = JSON.stringify({ name: 'Ops', email, password: 'correct horse battery' });
  const headers = { 'content-type': 'application/json', origin: apiUrl };
  await fetch(`${apiUrl}/api/auth/sign-up/email`, { method: 'POST', headers, body });
  const signIn = await fetch(`${apiUrl}/api/auth/sign-in/email`, { method: 'POST', headers, body });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  await database.owner.query(`update auth."user" set platform_role = 'billing_ops' where email = $1`, [
    email,
  ]);
  return {
    async replay(externalId: string): Promise<string> {
      const { rows } = await database.owner.query<{ id: string }>(
        'select id from inbound_events where external_id = $1',
        [externalId],
      );
      const id = `evt_${rows[0]?.id.replaceAll('-', '')}`;
      const response = await fetch(`${apiUrl}/trpc/admin.events.replay`, {
        method: 'POST',
        headers: { ...headers, cookie },
        body: JSON.stringify({ id, reason: 'the price is known now' }),
      });
      const answer: { result?: { data?: { result?: string } } } = JSON.parse(await response.text());
      return answer.result?.data?.result ?? String(response.status);
    },
  };
}
