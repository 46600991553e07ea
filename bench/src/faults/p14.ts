import { type Caller, createCaller, usageBody } from '../trial/caller.ts';
import { crashClosing, crashInbound, crashOutbox, startStripeCrashes } from '../trial/stripe-crashes.ts';
import { startStripeStory } from '../trial/stripe-story.ts';
import { between, runTrial, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

const batchSize = 50;
let made = 0;

/**
 * Killed at every named point: a batch of usage is stored as a whole or not at all, and whatever came from Stripe, is
 * on its way there, or is being closed, has its effect once.
 */
await runTrial('P14 kill -9 in the middle of work', async (trial) => {
  const rounds = trial.isLong ? Array.from({ length: 20 }, (_, n) => n + 1) : [between(1, 3)];
  await crashUsage(trial, rounds);
  await crashAroundStripe(trial, rounds);
});

async function crashAroundStripe(trial: Trial, rounds: readonly number[]): Promise<void> {
  const crashes = await startStripeCrashes(trial, await startStripeStory(trial));
  // One invoice, its lines, its finalization: further writes than these there are not. Before there are many
  // buyers, whose months would all end with the one that is looked at.
  for (const n of trial.isLong ? [1, 2, 3, 4] : [between(1, 4)]) await crashClosing(crashes, n);
  for (const n of rounds) {
    for (const point of ['inbound.after_commit', 'inbound.claimed', 'inbound.between_writes']) {
      await crashInbound(crashes, point, n);
    }
    for (const point of ['outbox.before_send', 'outbox.after_send']) await crashOutbox(crashes, point, n);
  }
}

async function crashUsage(trial: Trial, rounds: readonly number[]): Promise<void> {
  await trial.setLimit('execution', 1_000_000);
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  await caller.post('/v1/limits/check', { organization: 'acme', feature: 'execution', quantity: '1' });
  for (const n of rounds) {
    await crashIntake(trial, { api, caller, n, point: 'ingest.before_commit', storedAfter: 0 });
    await crashIntake(trial, { api, caller, n, point: 'ingest.after_commit', storedAfter: batchSize });
    await crashReservation(trial, { api, caller, n });
  }
  const events = await trial.count('select coalesce(sum(quantity), 0) from usage_events');
  const buckets = await trial.count('select coalesce(sum(quantity), 0) from usage_buckets');
  const counters = await trial.count('select coalesce(sum(used), 0) from limit_counters');
  trial.check('events = roll-ups = counters', events === buckets && events === counters, events);
  await api.end('SIGTERM');
}

interface Crash {
  api: TrialApi;
  caller: Caller;
  n: number;
}

async function crashIntake(
  trial: Trial,
  { api, caller, n, point, storedAfter }: Crash & { point: string; storedAfter: number },
): Promise<void> {
  await caller.post('/test/crash', { point, n });
  let batch = newBatch();
  // The batches before the one that meets the point are ordinary ones: one that meets it was no whole.
  for (let sent = 1; sent < n; sent += 1) {
    const { status } = await caller.post('/v1/usage-events', batch.body).catch(() => ({ status: 0 }));
    if (status !== 200) trial.check(`${point}:${n} is met by the batch number ${n}`, false, `number ${sent}`);
    if (status === 0) break;
    batch = newBatch();
  }
  const answer = await caller.post('/v1/usage-events', batch.body).catch(() => undefined);
  await api.ended();
  const stored = await trial.count('select count(*) from usage_events where id = any($1::text[])', [
    batch.ids,
  ]);
  const isWhole = answer === undefined && stored === storedAfter;
  trial.check(`${point}:${n} leaves ${storedAfter} of ${batchSize}`, isWhole, stored);
  await api.start();
  const again = await caller.post('/v1/usage-events', batch.body);
  const { accepted, duplicates } = again.json;
  const isCompleted = duplicates === storedAfter && accepted === batchSize - storedAfter;
  trial.check('the same batch again completes it', isCompleted, `${accepted} new, ${duplicates} known`);
}

async function crashReservation(trial: Trial, { api, caller, n }: Crash): Promise<void> {
  await caller.post('/test/crash', { point: 'reserve.after_commit', n });
  const reserve = (id: string) =>
    caller.post('/v1/limits/reservations', {
      organization: 'acme',
      feature: 'execution',
      quantity: '5',
      leaseSeconds: 600,
      id,
    });
  const names = Array.from({ length: n }, () => `work-${++made}`);
  for (const name of names) await reserve(name).catch(() => undefined);
  await api.ended();
  await api.start();
  const last = names.at(-1) ?? '';
  const again = await reserve(last);
  const held = await trial.count(
    `select count(*) from reservations where status = 'held' and event_id = any($1::text[])`,
    [names],
  );
  trial.check(
    `reserve.after_commit:${n} holds each reservation once`,
    held === n && again.status === 201,
    held,
  );
  const reserved = await trial.count('select sum(reserved) from limit_counters');
  const rows = await trial.count(`select sum(quantity) from reservations where status = 'held'`);
  trial.check('the counter holds what the reservations hold', reserved === rows, `${reserved} = ${rows}`);
}

function newBatch(): { ids: string[]; body: object } {
  const events = Array.from({ length: batchSize }, () => ({ id: `batch-${++made}`, quantity: 1 }));
  return { ids: events.map(({ id }) => id), body: usageBody(events) };
}
