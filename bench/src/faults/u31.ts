import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { prepareStorm } from '../trial/storm.ts';
import { runTrial, sleep, type Trial } from '../trial/trial.ts';

const stormSenders = 24;
const pacePerSecond = 40;
const settleMs = 500;

/**
 * A storm of one organization is felt by nobody else: another one's single events keep a p99 of at most twice what it
 * is without the storm, and what does not fit into the queue is refused, not taken. Both are measured in turns, because
 * other work on the machine comes and goes, and the middle pair counts: what one stall does to a p99 says nothing.
 */
await runTrial('U31 a storm of one organization leaves its neighbor in peace', async (trial) => {
  const { pairs, seconds } = trial.isLong ? { pairs: 9, seconds: 10 } : { pairs: 5, seconds: 3 };
  await trial.database.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'calm', 'Calm', 'calm', 'calm@example.com', 'USD')`,
    [randomUUID()],
  );
  const api = await trial.startApi();
  const post = poster(trial, api.url);
  const storm = prepareStorm({ url: api.url, key: trial.key, senders: stormSenders });
  await warmUp(post, storm);
  const found: { alone: Calm; beside: Calm; ratio: number }[] = [];
  for (let n = 0; n < pairs; n += 1) {
    const alone = await calm(post, seconds);
    storm.begin();
    // Whoever came first must not be compared with a storm that has not begun.
    await sleep(settleMs);
    const beside = await calm(post, seconds);
    await storm.rest();
    await sleep(settleMs);
    found.push({ alone, beside, ratio: beside.p99 / alone.p99 });
  }
  judge(trial, found);
  judgeStorm(trial, await storm.end(), pairs * seconds);
});

async function warmUp(post: Post, storm: ReturnType<typeof prepareStorm>): Promise<void> {
  await calm(post, 1);
  storm.begin();
  await calm(post, 1);
  await storm.rest();
}

function judge(trial: Trial, found: { alone: Calm; beside: Calm; ratio: number }[]): void {
  const text = ({ p50, p99 }: Calm) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  found.sort((a, b) => a.ratio - b.ratio);
  for (const { alone, beside, ratio } of found) {
    trial.note(`alone ${text(alone)}; beside the storm ${text(beside)}; ratio ${ratio.toFixed(2)}`);
  }
  const middle = found[Math.floor(found.length / 2)]?.ratio ?? Number.POSITIVE_INFINITY;
  trial.check('p99 beside the storm / alone', middle <= 2, middle.toFixed(2));
  const refused = found.reduce((sum, { alone, beside }) => sum + alone.refused + beside.refused, 0);
  trial.check('the neighbor is never refused', refused === 0, refused);
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
  p50: number;
  p99: number;
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
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), refused };
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
