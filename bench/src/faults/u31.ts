import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runTrial, type Trial } from '../trial/trial.ts';

const stormProgram = fileURLToPath(new URL('../trial/storm-program.ts', import.meta.url));
const stormSenders = 24;
const pacePerSecond = 40;

/**
 * A storm of one organization is felt by nobody else: another one's single events keep a p99 of at most twice what it
 * was, and what does not fit into the queue is refused, not taken. The queue is bounded for each organization.
 */
await runTrial('U31 a storm of one organization leaves its neighbor in peace', async (trial) => {
  const seconds = trial.isLong ? 60 : 6;
  await trial.database.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'calm', 'Calm', 'calm', 'calm@example.com', 'USD')`,
    [randomUUID()],
  );
  const api = await trial.startApi();
  const post = poster(trial, api.url);
  await calm(post, 2);
  const alone = await calm(post, seconds);
  const storm = startStorm(api.url, trial.key);
  // Whoever came first must not be compared with a storm that has not begun.
  await calm(post, 1);
  const beside = await calm(post, seconds);
  const statuses = await storm.end();
  trial.note(`alone p50 ${alone.p50.toFixed(1)} ms, p99 ${alone.p99.toFixed(1)} ms`);
  trial.note(`beside the storm p50 ${beside.p50.toFixed(1)} ms, p99 ${beside.p99.toFixed(1)} ms`);
  trial.note(`the storm: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  trial.check(
    'p99 beside the storm / alone',
    beside.p99 <= alone.p99 * 2,
    (beside.p99 / alone.p99).toFixed(2),
  );
  trial.check('the neighbor is never refused', beside.refused === 0, beside.refused);
  const strange = [...statuses.keys()].filter((status) => status !== 200 && status !== 429);
  trial.check(
    'the storm is taken or told to wait',
    strange.length === 0,
    strange.join(', ') || 'only 200 and 429',
  );
});

type Post = (body: string) => Promise<{ status: number }>;

/** One organization's own pace, whatever the answers take. */
async function calm(post: Post, seconds: number): Promise<{ p50: number; p99: number; refused: number }> {
  const latencies: number[] = [];
  let refused = 0;
  const pending: Promise<void>[] = [];
  for (let n = 0; n < seconds * pacePerSecond; n += 1) {
    const body = oneEvent(randomUUID());
    const startedAt = performance.now();
    pending.push(
      post(body).then(({ status }) => {
        latencies.push(performance.now() - startedAt);
        if (status !== 200) refused += 1;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000 / pacePerSecond));
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

/** Ends with the statuses that its requests got. */
function startStorm(url: string, key: string): { end: () => Promise<Map<number, number>> } {
  const child = spawn(process.execPath, [stormProgram, url, key, String(stormSenders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  return {
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      return new Map<number, number>(JSON.parse(printed));
    },
  };
}

function poster(trial: Trial, url: string): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const headers = { authorization: `Bearer ${trial.key}`, 'content-type': 'application/json' };
  return (body) =>
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
}
