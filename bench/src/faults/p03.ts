import { type Caller, createCaller } from '../trial/caller.ts';
import { between, runTrial, sleep, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

const limit = 2000;
const connections = 64;
let made = 0;

/**
 * A hard limit under two processes: mixed sizes, a crash between reserve and commit, a period that ends and a limit
 * that is lowered meanwhile. Never more than the limit, never less, and nothing stays held.
 */
await runTrial('P3 hard limits never overshoot', async (trial) => {
  await trial.setLimit('execution', limit);
  const settings = await trial.startEmulator();
  const apis = [await trial.startApi(settings), await trial.startApi(settings)];
  const callers = apis.map(({ url }) => createCaller({ url, key: trial.key }));
  await forgetSome(trial, callers);
  await hammerWithCrash(trial, { apis, callers });
  await judge(trial, { callers, ceiling: limit, what: 'first period' });

  trial.note('the period ends while 64 connections consume');
  const load = hammer(callers, trial.isLong ? 4000 : 2500);
  await sleep(500);
  // The same instant for both: each would otherwise add to what the other has set.
  const now = new Date(Date.now() + 32 * 86_400_000).toISOString();
  for (const caller of callers) await caller.post('/test/clock', { now });
  await load;
  const windows = await trial.count(`select count(*) from limit_counters where feature = 'execution'`);
  trial.check('the period has changed', windows === 2, `${windows} windows`);
  await judge(trial, { callers, ceiling: limit, what: 'second period' });
  await askForTheLast(trial, callers);

  trial.note('a lowered limit: nothing more is granted');
  await trial.setLimit('execution', limit - 500);
  const before = await usedNow(trial);
  await sleep(6000);
  await hammer(callers, 1000);
  trial.check(
    'granted beyond the lowered limit',
    (await usedNow(trial)) === before,
    (await usedNow(trial)) - before,
  );
});

/**
 * A load meets the limit once; here everybody asks for the last units at the same moment, again and again. What is
 * left is enough for one of them. Who gets it gives it back.
 */
async function askForTheLast(trial: Trial, callers: readonly Caller[]): Promise<void> {
  await trial.setLimit('execution', limit + 7);
  await sleep(6000);
  const rounds = trial.isLong ? 400 : 15;
  let wrong = 0;
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: connections }, async (_, n) => {
        made += 1;
        const wish = { organization: 'acme', feature: 'execution', quantity: '4', leaseSeconds: 600 };
        const body = { ...wish, id: `last-${made}` };
        // One at a time for all of them: on a busy machine the last one waits for long.
        return callers[n % callers.length]?.post('/v1/limits/reservations', body, { timeoutMs: 60_000 });
      }),
    );
    const granted = answers.filter((answer) => answer?.status === 201);
    if (granted.length !== 1) wrong += 1;
    for (const answer of granted) {
      const path = `/v1/limits/reservations/${answer?.json.id}/release`;
      await callers[0]?.post(path, { organization: 'acme' });
    }
  }
  trial.check(`${rounds} times ${connections} ask for the last units: one gets them`, wrong === 0, wrong);
}

async function hammer(callers: readonly Caller[], ms: number): Promise<void> {
  const endsAt = performance.now() + ms;
  await Promise.all(
    Array.from({ length: connections }, async (_, n) => {
      const caller = callers[n % callers.length];
      while (caller !== undefined && performance.now() < endsAt) await useOnce(caller).catch(() => sleep(50));
    }),
  );
}

/** As long as there is something to reserve; how much of the load's own is forgotten is chance. */
async function forgetSome(trial: Trial, callers: readonly Caller[]): Promise<void> {
  const wish = { organization: 'acme', feature: 'execution', quantity: '5', leaseSeconds: 2 };
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      callers[n % callers.length]?.post('/v1/limits/reservations', { ...wish, id: `forgotten-${n}` }),
    ),
  );
  const held = answers.filter((answer) => answer?.status === 201).length;
  trial.check('reservations that nobody settles', held === answers.length, held);
}

/** Half consume at once, half reserve and commit something else; one in ten reservations is forgotten. */
async function useOnce(caller: Caller): Promise<void> {
  made += 1;
  const request = {
    organization: 'acme',
    feature: 'execution',
    quantity: String(between(1, 7)),
    id: `use-${made}`,
  };
  if (made % 2 === 0) {
    await caller.post('/v1/limits/consume', request);
    return;
  }
  const held = await caller.post('/v1/limits/reservations', { ...request, leaseSeconds: 2 });
  if (held.status !== 201 || made % 10 === 1) return;
  const settle = `/v1/limits/reservations/${held.json.id}`;
  // Never more than was held: work that takes more than it reserved may exceed a limit by design.
  if (made % 4 === 1) await caller.post(`${settle}/release`, { organization: 'acme' });
  else await caller.post(`${settle}/commit`, { organization: 'acme', quantity: '1' });
}

async function hammerWithCrash(
  trial: Trial,
  { apis, callers }: { apis: readonly TrialApi[]; callers: readonly Caller[] },
): Promise<void> {
  const [doomed] = apis;
  const load = hammer(callers, trial.isLong ? 20_000 : 4000);
  await sleep(300);
  await callers[0]?.post('/test/crash', { point: 'reserve.after_commit', n: 5 });
  await doomed?.ended();
  trial.note('one process was killed between reserve and commit');
  await doomed?.start();
  await load;
}

async function judge(
  trial: Trial,
  { callers, ceiling, what }: { callers: readonly Caller[]; ceiling: number; what: string },
): Promise<void> {
  const startedAt = performance.now();
  while ((await heldNow(trial)) > 0 && performance.now() - startedAt < 60_000) await sleep(200);
  trial.check(
    `${what}: reservations still held after the lease`,
    (await heldNow(trial)) === 0,
    await heldNow(trial),
  );
  await takeTheRest(callers);
  const worst = await trial.count(
    `select coalesce(max(total), 0) from (select sum(quantity) as total from usage_events
      group by date_trunc('month', occurred_at at time zone 'UTC')) as month`,
  );
  trial.check(`${what}: overshoot`, worst <= ceiling, Math.max(0, worst - ceiling));
  const used = await usedNow(trial);
  trial.check(`${what}: granted = limit when more is asked for`, used === ceiling, `${used} = ${ceiling}`);
}

/** Asks for less and less until not even one is granted: what is left then was wrongly withheld. */
async function takeTheRest(callers: readonly Caller[]): Promise<void> {
  const [caller] = callers;
  let quantity = limit;
  for (let misses = 0; misses < 3; ) {
    made += 1;
    const request = { organization: 'acme', feature: 'execution', id: `rest-${made}` };
    const answer = await caller?.post('/v1/limits/consume', { ...request, quantity: String(quantity) });
    if (answer?.status === 200) misses = 0;
    else if (quantity > 1) quantity = Math.ceil(quantity / 2);
    else misses += 1;
  }
}

function usedNow(trial: Trial): Promise<number> {
  return trial.count(
    `select coalesce(sum(quantity), 0) from usage_events
      where occurred_at >= (select max(window_start) from limit_counters where feature = 'execution')`,
  );
}

function heldNow(trial: Trial): Promise<number> {
  return trial.count(`select count(*) from reservations where status = 'held'`);
}
