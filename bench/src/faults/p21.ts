import { type Caller, createCaller, usageBody } from '../trial/caller.ts';
import { Acknowledged } from '../trial/journaling-senders.ts';
import { slowBody } from '../trial/slow-body.ts';
import { eventually } from '../trial/stripe-story.ts';
import { runTrial, sleep, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

/** A status, or why there was none. */
type Statuses = Map<number | string, number>;

const expected: ReadonlySet<number | string> = new Set([200, 408, 413, 429]);
const expectedWhileAway: ReadonlySet<number | string> = new Set([200, 429, 503]);
const batchSenders = 150;
const floodSenders = 600;
/** The flood is ten times the load that is nominal. */
const nominalSenders = floodSenders / 10;
const megabyte = 1024 * 1024;
let made = 0;

/** Overload is shed: refusals a sender understands, bounded memory, and normal service right afterwards. */
await runTrial('P21 overload sheds and does not fall', async (trial) => {
  const plan = trial.isLong
    ? { slicesMax: 12, seconds: 60, slow: 500, large: 200, awaySeconds: 10 }
    : { slicesMax: 5, seconds: 4, slow: 100, large: 30, awaySeconds: 2 };
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  const journal = new Acknowledged();
  const fresh = await api.memory();
  const before = await memoryUnderNominalLoad(api, { caller, journal, slicesMax: plan.slicesMax });
  trial.note(`${inMegabytes(fresh)} MB fresh, ${inMegabytes(before)} MB under nominal load`);

  const statuses: Statuses = new Map();
  const memory = watchMemory(api);
  const grownBy = () => (memory.peak() - before) / megabyte;
  const slow = Promise.all(Array.from({ length: plan.slow }, () => slowBody(api, trial.key)));
  const [flooded] = await Promise.all([
    flood(caller, journal, { seconds: plan.seconds, connections: floodSenders }),
    sendLarge(caller, plan.large, statuses),
  ]);
  for (const [status, count] of flooded) statuses.set(status, (statuses.get(status) ?? 0) + count);
  await judgeRecovery(trial, caller);
  for (const status of await slow) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  trial.note(`grown by ${grownBy().toFixed(0)} MB in the flood`);
  await judgeStandstill(trial, { caller, journal, seconds: plan.awaySeconds });
  await memory.end();

  trial.check(
    'only 200, 408, 413 and 429',
    [...statuses.keys()].every((status) => expected.has(status)),
    inWords(statuses),
  );
  trial.check('memory grows by at most 150 MB', grownBy() <= 150, `${grownBy().toFixed(0)} MB`);
  // Last, because a full room and a full queue at once are more than a flood of ordinary senders brings.
  await judgeBounds(trial, caller, journal);
  const after = ((await api.memory()) - before) / megabyte;
  trial.note(`grown by ${after.toFixed(0)} MB when each bound was met`);
  trial.check('the process stays up', api.isRunning());
  const ids = [...journal.quantities.keys()];
  const stored = await trial.count(
    `select count(*) from unnest($2::text[]) as sent (id)
       join usage_events event on event.organization_id = $1 and event.id = sent.id`,
    [trial.organizationId, ids],
  );
  trial.check('lost acknowledgements', stored === ids.length, ids.length - stored);
});

/**
 * Resident memory when a load of single events and full batches makes the process take no more: V8 lets a heap grow to
 * the fourfold of what is held in it and keeps the pages, at any load that keeps it busy, only sooner or later.
 */
async function memoryUnderNominalLoad(
  api: TrialApi,
  { caller, journal, slicesMax }: { caller: Caller; journal: Acknowledged; slicesMax: number },
): Promise<number> {
  const seconds = 5;
  let most = 0;
  for (let calm = 0, slice = 0; calm < 3 && slice < slicesMax; slice += 1) {
    const endsAt = performance.now() + seconds * 1000;
    const batches = { caller, journal, statuses: new Map(), size: 1000, endsAt };
    await Promise.all([
      flood(caller, journal, { seconds, connections: nominalSenders }),
      sendUntil(batches),
      sendUntil(batches),
    ]);
    const memory = await api.memory();
    calm = memory < most + 2 * megabyte ? calm + 1 : 0;
    most = Math.max(most, memory);
  }
  return most;
}

/**
 * Each bound is met by itself while nobody's events are stored: bodies for which there is no room, though the queue
 * would take their events, and events that the queue does not take, though there is room for their bodies. Behind
 * either the other one may never be seen.
 */
async function judgeBounds(trial: Trial, caller: Caller, journal: Acknowledged): Promise<void> {
  const filler = 'x'.repeat(15_000);
  const bounds = [
    { what: 'bodies than there is room for', senders: 20, size: 120, properties: { filler } },
    { what: 'events than the queue takes', senders: 80, size: 1000, properties: undefined },
  ];
  for (const { what, senders, size, properties } of bounds) {
    const statuses: Statuses = new Map();
    const sending = { caller, journal, statuses, size, properties };
    const storeAgain = await storeNothing(trial);
    const sent = Promise.all(Array.from({ length: senders }, () => sendOnce(sending)));
    await eventually(async () => statuses.has(429), 5);
    await storeAgain();
    await sent;
    const isBounded = statuses.has(200) && statuses.has(429) && statuses.size === 2;
    trial.check(`more ${what} are refused, the others taken`, isBounded, inWords(statuses));
  }
}

/** Holds the locks of all who add usage; the database goes on answering everything else. */
async function storeNothing({ database }: Trial): Promise<() => Promise<void>> {
  const client = await database.owner.connect();
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1, n) from generate_series(0, 63) as n', [0x6d67]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

/** Full batches from many senders while the database stands still: what is refused is not kept, and said to be. */
async function judgeStandstill(
  trial: Trial,
  { caller, journal, seconds }: { caller: Caller; journal: Acknowledged; seconds: number },
): Promise<void> {
  await trial.database.pause();
  const statuses: Statuses = new Map();
  const senders = Array.from({ length: batchSenders }, () =>
    sendUntil({ caller, journal, statuses, size: 1000, endsAt: performance.now() + seconds * 1000 }),
  );
  await sleep(seconds * 1000);
  await trial.database.resume();
  await Promise.all(senders);
  trial.check(
    'only 200, 429 and 503 beside a database that stands still, and each sender is answered',
    [...statuses.keys()].every((status) => expectedWhileAway.has(status)),
    inWords(statuses),
  );
  await judgeRecovery(trial, caller);
}

interface Sending {
  caller: Caller;
  journal: Acknowledged;
  statuses: Statuses;
  /** Events in each request. */
  size: number;
  properties?: object | undefined;
}

async function sendUntil({ endsAt, ...sending }: Sending & { endsAt: number }): Promise<void> {
  while (performance.now() < endsAt) await sendOnce(sending);
}

async function sendOnce({ caller, journal, statuses, size, properties }: Sending): Promise<void> {
  made += 1;
  const events = Array.from({ length: size }, (_, n) => ({ id: `flood-${made}-${n}`, quantity: 1 }));
  const { status } = await caller
    .post('/v1/usage-events', usageBody(events, new Date(), properties), { timeoutMs: 30_000 })
    .catch((error: Error) => ({ status: `no answer (${error.cause ?? error.name})` }));
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status === 200) for (const { id, quantity } of events) journal.quantities.set(id, quantity);
}

function inMegabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(0);
}

function inWords(statuses: Statuses): string {
  return [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
}

async function flood(
  caller: Caller,
  journal: Acknowledged,
  load: { seconds: number; connections: number },
): Promise<Statuses> {
  const statuses: Statuses = new Map();
  const endsAt = performance.now() + load.seconds * 1000;
  const sender = () => sendUntil({ caller, journal, statuses, size: 20, endsAt });
  await Promise.all(Array.from({ length: load.connections }, sender));
  return statuses;
}

async function sendLarge(caller: Caller, count: number, statuses: Statuses): Promise<void> {
  const filler = 'x'.repeat(5 * megabyte);
  for (let n = 0; n < count; n += 1) {
    // The server may hang up while the body is still on its way: the refusal was sent, not read.
    const answer = await caller.post('/v1/usage-events', { filler }).catch(() => undefined);
    const status = answer?.status ?? 413;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
}

async function judgeRecovery(trial: Trial, caller: Caller): Promise<void> {
  const startedAt = performance.now();
  let tookMs = Number.POSITIVE_INFINITY;
  while (tookMs > 500 && performance.now() - startedAt < 30_000) {
    made += 1;
    const answer = await caller
      .post('/v1/usage-events', usageBody([{ id: `after-${made}`, quantity: 1 }]))
      .catch(() => undefined);
    if (answer?.status === 200) tookMs = answer.tookMs;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  trial.check('serves normally again within 10 s', seconds <= 10, `${seconds.toFixed(2)} s`);
}

/** Watches resident memory from now on. */
function watchMemory(api: TrialApi): { peak(): number; end(): Promise<void> } {
  let peak = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, await api.memory());
      await sleep(100);
    }
  })();
  return {
    peak: () => peak,
    async end() {
      isOver = true;
      await watching;
    },
  };
}
