import { type Caller, createCaller, type SentEvent, usageBody } from '../trial/caller.ts';
import { compareTotals } from '../trial/compare-totals.ts';
import { Acknowledged, sendUntilAcknowledged } from '../trial/journaling-senders.ts';
import { between, runTrial, type Trial } from '../trial/trial.ts';

const occurredAt = new Date();

/** Duplicates are never counted twice: repeated, shuffled, cut off and repeated, and all at the same moment. */
await runTrial('P2 duplicates are never counted twice', async (trial) => {
  const plan = trial.isLong ? { events: 10_000, ids: 200 } : { events: 3_000, ids: 40 };
  const api = await trial.startApi(await trial.startEmulator());
  const caller = createCaller({ url: api.url, key: trial.key });
  await caller.post('/v1/limits/check', { organization: 'acme', feature: 'execution', quantity: '1' });
  const journal = new Acknowledged();
  await sendThreeTimes(caller, journal, plan.events);
  await sendAtOnce(trial, { caller, journal, ids: plan.ids });
  await compareTotals(trial, journal);
  await reuseLater(trial, caller, journal);
});

async function sendThreeTimes(caller: Caller, journal: Acknowledged, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({ id: `event-${n}`, quantity: between(1, 9) }));
  const copies = shuffled([...events, ...events, ...events]);
  const batches: SentEvent[][] = [];
  while (copies.length > 0) batches.push(copies.splice(0, between(1, 50)));
  const sender = async () => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      if (between(1, 10) === 1) await cutOff(caller, batch);
      await sendUntilAcknowledged(caller, journal, { events: batch, occurredAt });
    }
  };
  await Promise.all(Array.from({ length: 12 }, sender));
}

/** Sends and hangs up before the answer: whether it was stored is unknown, as in real life. */
async function cutOff(caller: Caller, batch: readonly SentEvent[]): Promise<void> {
  await caller
    .post('/v1/usage-events', usageBody(batch, occurredAt), { timeoutMs: between(1, 12) })
    .catch(() => undefined);
}

async function sendAtOnce(
  trial: Trial,
  { caller, journal, ids }: { caller: Caller; journal: Acknowledged; ids: number },
): Promise<void> {
  let wrong = 0;
  for (let n = 0; n < ids; n += 1) {
    const event = { id: `at-once-${n}`, quantity: 1 };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => caller.post('/v1/usage-events', usageBody([event], occurredAt))),
    );
    const accepted = answers.filter(({ json }) => json.accepted === 1).length;
    const duplicates = answers.filter(({ json }) => json.duplicates === 1).length;
    if (accepted !== 1 || duplicates !== 49) wrong += 1;
    journal.quantities.set(event.id, event.quantity);
  }
  trial.check(`${ids} ids × 50 at once: 1 accepted, 49 duplicates each`, wrong === 0, `${wrong} wrong`);
}

/** Ids are taken for ever, also when they come back after more than a year. */
async function reuseLater(trial: Trial, caller: Caller, journal: Acknowledged): Promise<void> {
  const before = await trial.count('select count(*) from usage_events');
  const moved = await caller.post('/test/clock', { advanceSeconds: 400 * 86_400 });
  trial.check('the clock has moved by 400 days', moved.status === 200, moved.json.now);
  const later = new Date(Date.now() + 400 * 86_400_000);
  const events = [...journal.quantities].slice(0, 500).map(([id, quantity]) => ({ id, quantity }));
  const answer = await caller.post('/v1/usage-events', usageBody(events, later));
  const reused = answer.json.results.filter(({ httpStatus }: { httpStatus?: number }) => httpStatus === 409);
  trial.check('500 ids reused after 400 days: 409 each', reused.length === events.length, reused.length);
  const surplus = (await trial.count('select count(*) from usage_events')) - before;
  trial.check('surplus', surplus === 0, surplus);
}

function shuffled<T>(list: T[]): T[] {
  for (let n = list.length - 1; n > 0; n -= 1) {
    const other = between(0, n);
    const [a, b] = [list[n], list[other]];
    if (a !== undefined && b !== undefined) [list[n], list[other]] = [b, a];
  }
  return list;
}
