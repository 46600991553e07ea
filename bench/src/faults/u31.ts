import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { runTrial, type Trial } from '../trial/trial.ts';

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
  // Compared with a machine that is as busy: the same storm, but of nobody in particular (every event its own turn).
  const alone = await calm(post, seconds);
  let isOver = false;
  const statuses = new Map<number, number>();
  const storm = Array.from({ length: stormSenders }, async (_, sender) => {
    for (let n = 0; !isOver; n += 1) {
      const { status } = await post(eventsOf('acme', `storm-${sender}-${n}`, 1000)).catch(() => ({
        status: 0,
      }));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  const beside = await calm(post, seconds);
  isOver = true;
  await Promise.all(storm);
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
    const startedAt = performance.now();
    pending.push(
      post(eventsOf('calm', randomUUID(), 1)).then(({ status }) => {
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

function eventsOf(organization: string, id: string, count: number): string {
  const occurredAt = new Date().toISOString();
  const events = Array.from({ length: count }, (_, n) => ({
    ...{ id: `${id}-${n}`, organization, meter: 'execution', quantity: '1', occurredAt },
  }));
  return JSON.stringify({ events });
}

function poster(trial: Trial, url: string): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const headers = { authorization: `Bearer ${trial.key}`, 'content-type': 'application/json' };
  return (body) =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${url}/v1/usage-events`, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}
