import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { prepareStorm } from '../trial/storm.ts';
import { runTrial, sleep, type Trial } from '../trial/trial.ts';

const stormSenders = 24;
const pacePerSecond = 40;
const settleMs = 500;
const promise = 'U31 a storm of one organization leaves its neighbor in peace';

/**
 * A storm of one organization is felt by nobody else: another one's single events keep a p99 of at most twice what it
 * is without the storm, and what does not fit into the queue is refused, not taken. Both are measured in turns, because
 * other work on the machine comes and goes, and all turns are judged together: of the 160 events of one turn the p99 is
 * the second worst, which is what one stall of the machine does. The database begins with the log of one that has run
 * for a while, because making it stops everybody's commits, most of all beside a storm.
 */
await runTrial(promise, compare, { readyWalMiB: 1024 });

async function compare(trial: Trial): Promise<void> {
  const { pairs, seconds } = trial.isLong ? { pairs: 12, seconds: 10 } : { pairs: 10, seconds: 4 };
  await trial.database.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'calm', 'Calm', 'calm', 'calm@example.com', 'USD')`,
    [randomUUID()],
  );
  const api = await trial.startApi();
  const post = poster(trial, api.url);
  const storm = prepareStorm({ url: api.url, key: trial.key, senders: stormSenders });
  await warmUp(post, storm);
  const turns: Turn[] = [];
  for (let n = 0; n < pairs; n += 1) {
    const alone = await calm(post, seconds);
    storm.begin();
    // Whoever came first must not be compared with a storm that has not begun.
    await sleep(settleMs);
    const beside = await calm(post, seconds);
    await storm.rest();
    await sleep(settleMs);
    turns.push({ alone, beside });
  }
  judge(trial, turns);
  judgeStorm(trial, await storm.end(), pairs * seconds);
}

async function warmUp(post: Post, storm: ReturnType<typeof prepareStorm>): Promise<void> {
  await calm(post, 1);
  storm.begin();
  await calm(post, 1);
  await storm.rest();
}

interface Turn {
  alone: Calm;
  beside: Calm;
}

function judge(trial: Trial, turns: readonly Turn[]): void {
  const text = (found: Calm) =>
    `p50 ${quantile(found, 0.5).toFixed(1)} ms, p99 ${quantile(found, 0.99).toFixed(1)} ms`;
  const note = (name: string, { alone, beside }: Turn) =>
    trial.note(`${name}: alone ${text(alone)}; beside the storm ${text(beside)}`);
  for (const [n, turn] of turns.entries()) note(`turn ${n + 1}`, turn);
  const whole = {
    alone: together(turns.map(({ alone }) => alone)),
    beside: together(turns.map(({ beside }) => beside)),
  };
  note('all turns', whole);
  const ratio = quantile(whole.beside, 0.99) / quantile(whole.alone, 0.99);
  trial.check('p99 beside the storm / alone', ratio <= 2, ratio.toFixed(2));
  const refused = whole.alone.refused + whole.beside.refused;
  trial.check('the neighbor is never refused', refused === 0, refused);
}

function together(found: readonly Calm[]): Calm {
  return {
    latencies: found.flatMap(({ latencies }) => latencies),
    refused: found.reduce((sum, { refused }) => sum + refused, 0),
  };
}

function quantile({ latencies }: Calm, share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY;
}

function judgeStorm(trial: Trial, statuses: ReadonlyMap<number, number>, seconds: number): void {
  const answers = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
  const strange = [...statuses.keys()].filter((status) => status !== 200 && status !== 429);
  trial.check('the storm is taken or told to wait', strange.length === 0, answers);
  const perSecond = ((statuses.get(200) ?? 0) * 1000) / seconds;
  trial.check(
    'it was a storm: ten times the neighbor at least',
    perSecond >= 10 * pacePerSecond,
    `${perSecond.toFixed(0)} events/s taken`,
  );
}

type Post = (body: string) => Promise<{ status: number }>;

interface Calm {
  /** Milliseconds until each event was answered. */
  latencies: number[];
  refused: number;
}

/** One organization's own pace, whatever the answers take. */
async function calm(post: Post, seconds: number): Promise<Calm> {
  const latencies: number[] = [];
  let refused = 0;
  const pending: Promise<void>[] = [];
  for (let n = 0; n < seconds * pacePerSecond; n += 1) {
    const body = oneEvent(randomUUID());
    const startedAt = performance.now();
    const answered = post(body).then(({ status }) => {
      latencies.push(performance.now() - startedAt);
      if (status !== 200) refused += 1;
    });
    pending.push(answered);
    await sleep(1000 / pacePerSecond);
  }
  await Promise.all(pending);
  return { latencies, refused };
}

function oneEvent(id: string): string {
  const occurredAt = new Date().toISOString();
  return JSON.stringify({
    events: [{ id, organization: 'calm', meter: 'execution', quantity: '1', occurredAt }],
  });
}

/** Like any sender it asks again, with the same id, when a kept connection was closed before its request. */
function poster(trial: Trial, url: string): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const headers = { authorization: `Bearer ${trial.key}`, 'content-type': 'application/json' };
  const send = (body: string): ReturnType<Post> =>
    new Promise((resolve, reject) => {
      const length = { 'content-length': Buffer.byteLength(body) };
      const options = { method: 'POST', agent, headers: { ...headers, ...length } };
      const outgoing = request(`${url}/v1/usage-events`, options, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return (body) => send(body).catch(() => send(body));
}
