import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { createCaller } from '../trial/caller.ts';
import { type SdkSender, SdkSenders } from '../trial/sdk-senders.ts';
import { between, runTrial, sleep, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

type Fault = 'api' | 'database' | 'sender' | 'restart';

/**
 * What the SDK's journal has is counted once: two processes share it while they themselves, the API and PostgreSQL
 * are killed at random. What nobody was told about may be stored as well, but never twice.
 */
await runTrial('P23 what the SDK keeps is counted once', async (trial) => {
  const plan = trial.isLong
    ? { api: 15, database: 8, sender: 30, restart: 6, pauseMs: 1500 }
    : { api: 1, database: 1, sender: 3, restart: 1, pauseMs: 700 };
  await trial.setLimit('call', 100_000_000);
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  for (const feature of ['call', 'execution'])
    await caller.post('/v1/limits/check', { organization: 'acme', feature, quantity: '1' });
  const folder = path.join(trial.dataDir, 'sdk-journal');
  await mkdir(folder);
  const senders = new SdkSenders({ url: api.url, key: trial.key, folder });
  const running = [senders.start(), senders.start()];

  const faults = (['api', 'database', 'sender', 'restart'] as const)
    .flatMap((fault) => Array<Fault>(plan[fault]).fill(fault))
    .sort(() => Math.random() - 0.5);
  for (const fault of faults) {
    await sleep(between(50, plan.pauseMs));
    await strike(trial, fault, { api, senders, running });
  }
  for (const sender of running) {
    await sender.ready;
    const code = await sender.end('SIGTERM');
    trial.check('a sender ends when it is asked to', code === 0 || code === 3, code);
  }
  await untilInherited(trial, senders, folder);
  await untilCarriedOver(trial);
  trial.note(`${faults.length} faults, ${senders.told.size} ids that somebody relies on`);
  trial.check('nothing was refused or dropped', senders.complaints.length === 0, senders.complaints[0]);
  await judge(trial, senders);
});

interface Scene {
  api: TrialApi;
  senders: SdkSenders;
  running: SdkSender[];
}

async function strike(trial: Trial, fault: Fault, { api, senders, running }: Scene): Promise<void> {
  if (fault === 'database') return await trial.database.restart('SIGKILL');
  if (fault === 'api') {
    await api.end('SIGKILL');
    // The senders go on without it: decisions by their own policy, usage in the journal, more than memory takes.
    await sleep(between(0, 1500));
    return await api.start();
  }
  const sender = running.shift();
  if (fault === 'restart') await sender?.ready;
  const code = await sender?.end(fault === 'sender' ? 'SIGKILL' : 'SIGTERM');
  // 3 = the server was not there in time; the journal goes to the next process.
  if (fault === 'restart') trial.check('a sender ends when it is asked to', code === 0 || code === 3, code);
  running.push(senders.start());
}

/** Whoever was killed last has left a journal that nobody has taken over yet. */
async function untilInherited(trial: Trial, senders: SdkSenders, folder: string): Promise<void> {
  const heir = senders.start('idle');
  const deadline = performance.now() + 60_000;
  while ((await readdir(folder)).length > 0 && performance.now() < deadline) await sleep(100);
  await heir.end('SIGTERM');
  const left = await readdir(folder);
  trial.check('nothing is left in the journal', left.length === 0, left.length);
}

/** What the API itself has decided without its database it carries over a moment after the database is back. */
async function untilCarriedOver(trial: Trial): Promise<void> {
  const folder = path.join(trial.dataDir, 'outage-journal');
  const waiting = async () => (await readdir(folder).catch(() => [])).filter((name) => !isCarriedOver(name));
  const deadline = performance.now() + 60_000;
  while ((await waiting()).length > 0 && performance.now() < deadline) await sleep(100);
  const left = await waiting();
  trial.check("nothing is left in the API's journal", left.length === 0, left.length);
}

function isCarriedOver(name: string): boolean {
  return name.endsWith('.reconciled.jsonl');
}

async function judge(trial: Trial, { told }: SdkSenders): Promise<void> {
  const ids = [...told];
  const stored = await trial.count('select count(*) from usage_events where id = any($1::text[])', [ids]);
  trial.check('relied upon and not stored', stored === ids.length && stored > 0, ids.length - stored);
  const wrong = `select count(*) from usage_events where quantity <> split_part(id, '-q', 2)::numeric`;
  trial.check('stored with another quantity', (await trial.count(wrong)) === 0, await trial.count(wrong));
  const doubled = `select count(*) - count(distinct id) from usage_events`;
  trial.check('stored twice', (await trial.count(doubled)) === 0, await trial.count(doubled));
  for (const meter of ['execution', 'call']) {
    const sum = (column: string, from: string) =>
      trial.count(`select coalesce(sum(${column}), 0) from ${from} = $1`, [meter]);
    const events = await sum('quantity', 'usage_events where meter');
    const buckets = await sum('quantity', 'usage_buckets where meter');
    const counters = await sum('used', 'limit_counters where feature');
    const isEqual = events === buckets && events === counters && events > 0;
    trial.check(`${meter}: events = roll-ups = counters`, isEqual, `${events} = ${buckets} = ${counters}`);
  }
}
