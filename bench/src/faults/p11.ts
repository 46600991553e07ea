import { type CallAnswer, type Caller, createCaller, usageBody } from '../trial/caller.ts';
import { readJournalLines } from '../trial/journal-lines.ts';
import { Reports } from '../trial/outage-reports.ts';
import { runTrial, sleep, type Trial } from '../trial/trial.ts';

/**
 * Beyond what answers that touch nothing took in the same trial. A busy machine slows both, and these at several
 * turns: when the request comes in, and at each of the dozen ticks that the process waits for its database, of which
 * not all come as late as the latest.
 */
const answerMsMax = 300;
const turns = 7;
let asked = 0;

const consume = (id: string) => ({ organization: 'acme', feature: 'call', quantity: '1', id });
const closedCheck = { organization: 'acme', feature: 'execution', quantity: '1' };
const switchCheck = { organization: 'acme', feature: 'can_record', quantity: '0' };

/** What is answered while the database stands still, per entitlement; afterwards every kept decision counts once. */
await runTrial('P11 fail-open and fail-closed as stated', async (trial) => {
  const seconds = trial.isLong ? 30 : 8;
  await trial.setLimit('call', 100_000);
  await trial.setLimit('transcription', 100_000);
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  await warmUp(caller);

  for (const kind of ['pause', 'kill'] as const) {
    trial.note(kind === 'pause' ? 'the database stands still' : 'the database is killed and started again');
    const reports = new Reports(caller, kind);
    await reports.prepare();
    const over = breakDatabase(trial, kind, seconds);
    const during = await askUntil(over, caller, reports);
    judge(trial, during, reports.all());
    const back = performance.now();
    await untilNormal(caller);
    const backSeconds = (performance.now() - back) / 1000;
    trial.check('recovers by itself within 10 s', backSeconds <= 10, `${backSeconds.toFixed(1)} s`);
    trial.check('the process stays up', api.isRunning());
    await compare(trial, during);
    await reports.compare(trial);
  }
});

interface During {
  open: CallAnswer[];
  closed: CallAnswer[];
  switches: CallAnswer[];
  ingest: CallAnswer[];
  repeated: CallAnswer[];
  /** Answers of the process about itself: how long the machine lets any request wait. */
  bare: CallAnswer[];
  failed: number;
}

async function warmUp(caller: Caller): Promise<void> {
  await caller.post('/v1/limits/consume', consume('before'));
  await caller.post('/v1/limits/check', closedCheck);
  await caller.post('/v1/limits/check', switchCheck);
  await caller.post('/v1/usage-events', usageBody([{ id: 'before-event', quantity: 1 }]));
  await sleep(1000);
}

async function breakDatabase(trial: Trial, kind: 'pause' | 'kill', seconds: number): Promise<void> {
  if (kind === 'kill') return await trial.database.restart('SIGKILL');
  await trial.database.pause();
  await sleep(seconds * 1000);
  await trial.database.resume();
}

/** Asks everything again and again; what is asked before the break is felt, or after it, is answered normally. */
async function askUntil(over: Promise<void>, caller: Caller, reports: Reports): Promise<During> {
  const during: During = {
    open: [],
    closed: [],
    switches: [],
    ingest: [],
    repeated: [],
    bare: [],
    failed: 0,
  };
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  await sleep(50);
  while (!isOver) {
    asked += 1;
    const take = async (list: CallAnswer[], sent: Promise<CallAnswer>) => {
      const answer = await sent.catch(() => undefined);
      if (answer === undefined) during.failed += 1;
      else list.push(answer);
    };
    const ask = (list: CallAnswer[], route: string, body: object) => take(list, caller.post(route, body));
    await Promise.all([
      ask(during.open, '/v1/limits/consume', consume(`during-${asked}`)),
      ask(during.closed, '/v1/limits/check', closedCheck),
      ask(during.switches, '/v1/limits/check', switchCheck),
      ask(during.ingest, '/v1/usage-events', usageBody([{ id: `event-${asked}`, quantity: 1 }])),
      // As often as all others together, or the longest wait would mostly be met by them.
      ...Array.from({ length: 5 }, () => take(during.bare, caller.get('/healthz'))),
    ]);
    await reports.report();
    // A sender that lost the answer asks again with the same id.
    await ask(during.repeated, '/v1/limits/consume', consume(`during-${asked}`));
    await sleep(100);
  }
  await over;
  return during;
}

function judge(trial: Trial, during: During, reported: readonly CallAnswer[]): void {
  const all = [during.open, during.closed, during.switches, during.ingest, during.repeated, reported].flat();
  const slowestOf = (answers: readonly CallAnswer[]) => Math.max(...answers.map(({ tookMs }) => tookMs));
  const [slowest, bare] = [slowestOf(all), slowestOf(during.bare)];
  trial.check(
    `${all.length} answers, each within ${answerMsMax} ms beyond bare ones`,
    slowest <= turns * bare + answerMsMax,
    `${slowest.toFixed(0)} ms, bare ${bare.toFixed(0)} ms`,
  );
  trial.check('no call was left without an answer', during.failed === 0, during.failed);
  const open = [...during.open, ...during.repeated];
  const allowed = open.filter(({ status, json }) => status === 200 && json.decision === 'allowed');
  const byPlan = open.filter(({ json }) => json?.reason === 'unavailable');
  trial.check(
    'open: every consume is allowed',
    allowed.length === open.length,
    `${allowed.length}/${open.length}`,
  );
  trial.check('open: decided by the plan while it was away', byPlan.length > 0, byPlan.length);
  const refused = during.closed.filter(({ status }) => status !== 200);
  const stated = refused.filter(
    ({ status, json, headers }) =>
      status === 503 &&
      json.error.code === 'LIMITS_UNAVAILABLE' &&
      json.error.details.reason === 'unavailable' &&
      headers.get('retry-after') !== null,
  );
  trial.check(
    'closed: 503 LIMITS_UNAVAILABLE, reason unavailable',
    refused.length > 0 && stated.length === refused.length,
    `${stated.length}/${refused.length}`,
  );
  const known = during.switches.filter(({ status, json }) => status === 200 && json.reason === 'not_in_plan');
  trial.check(
    'switches answer from the last known rights',
    known.length === during.switches.length,
    `${known.length}/${during.switches.length}`,
  );
  const sent = during.ingest.filter(({ status }) => status !== 200);
  const retryable = sent.filter(
    ({ status, headers }) => status === 503 && headers.get('retry-after') !== null,
  );
  trial.check(
    'intake: 503 with Retry-After',
    sent.length > 0 && retryable.length === sent.length,
    `${retryable.length}/${sent.length}`,
  );
}

async function untilNormal(caller: Caller): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const answer = await caller.post('/v1/limits/check', closedCheck).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
}

async function compare(trial: Trial, during: During): Promise<void> {
  const granted = asked + 1;
  const ids = await trial.count(
    `select count(*) from usage_events where meter = 'call' and (id = 'before' or id like 'during-%')`,
  );
  trial.check('allowed consumes that are stored', ids === granted, `${ids}/${granted}`);
  const used = await trial.count(`select sum(used) from limit_counters where feature = 'call'`);
  trial.check('the counter says the same', used === granted, `${used} = ${granted}`);
  const buckets = await trial.count(`select sum(quantity) from usage_buckets where meter = 'call'`);
  trial.check('the roll-ups say the same', buckets === granted, `${buckets} = ${granted}`);
  const acknowledged = during.ingest.filter(({ status, json }) => status === 200 && json.accepted === 1);
  const stored = await trial.count(`select count(*) from usage_events where id = any($1::text[])`, [
    acknowledged.map(({ json }) => json.results[0].id),
  ]);
  trial.check(
    'acknowledged events are stored',
    stored === acknowledged.length,
    `${stored}/${acknowledged.length}`,
  );
  const lines = await readJournalLines(trial);
  const entries = lines.map((line) => JSON.parse(line));
  const levels = entries.flatMap(({ report }) => (report?.kind === 'level' ? [report.command.changeId] : []));
  const changes = 'select count(*) from gauge_changes where id = any($1::text[])';
  const taken = await trial.count(changes, [levels]);
  trial.check('kept levels are in the history', taken === levels.length, `${taken}/${levels.length}`);
  const kept = new Set(
    entries.filter(({ report }) => report?.kind !== 'level').map(({ receiptId }) => receiptId),
  );
  const sql = 'select count(*) from decision_receipts where id = any($1::uuid[])';
  const receipts = await trial.count(sql, [[...kept]]);
  trial.check('journal = reconciled', receipts === kept.size, `${receipts}/${kept.size}`);
  trial.check('lines kept twice', kept.size + levels.length === lines.length);
}
