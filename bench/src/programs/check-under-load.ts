import process from 'node:process';
import { type Measured, measure, report } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { startPacedBatches } from '../paced-batches.ts';
import { writeResults } from '../results.ts';
import { createPoster, type Post } from '../socket-poster.ts';
import { batchSize, nextBatch } from '../usage-batch.ts';

/**
 * How long a check takes at 200 a second while usage comes in at half of what the process can take. Checks leave at
 * their own pace whatever the answers take, so one that is late does not hide how long the next ones waited. Usage is
 * sent by a process of its own.
 */
const seconds = Number(process.argv[2] ?? 10);
const senders = 4;
const checksPerSecond = 200;
const limitMs = 25;
const check = JSON.stringify({ organization: 'acme', feature: 'execution', quantity: '1' });

async function checkAtPace(post: Post): Promise<Measured> {
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < seconds * checksPerSecond; n += 1) {
    const due = startedAt + (n * 1000) / checksPerSecond;
    await pause(due - performance.now());
    const from = Math.min(due, performance.now());
    const done = () => void latencies.push(performance.now() - from);
    pending.push(post('/v1/limits/check', check).then(done));
  }
  await Promise.all(pending);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  const perSecond = (latencies.length * 1000) / (performance.now() - startedAt);
  return { units: latencies.length, perSecond, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

function pause(ms: number): Promise<void> {
  return ms <= 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

async function run(instance: MeasuredInstance): Promise<void> {
  const batches = createPoster({ ...instance, sockets: senders });
  const checks = createPoster({ ...instance, sockets: 50 });
  await checks('/v1/limits/check', check);
  const full = { seconds, concurrency: senders, unitsPerCall: batchSize };
  const maximum = await measure(full, () => batches('/v1/usage-events', nextBatch('full')));
  report('batches of 1 000 alone', maximum);
  const alone = await checkAtPace(checks);
  report('checks alone', alone);
  const ingest = startPacedBatches({ ...instance, senders, perSecond: maximum.perSecond / 2 });
  // Whoever asks first must not be compared with senders that have not begun.
  await pause(1000);
  const beside = await checkAtPace(checks);
  const stored = await ingest.end();
  report(`checks while storing ${Math.round(stored)} events a second`, beside);
  console.log(`p99 ${beside.p99Ms.toFixed(1)} ms of ${limitMs} ms`);
  await writeResults('check-under-load', { results: { maximum, alone, beside, storedPerSecond: stored } });
}

const instance = await startMeasuredInstance();
try {
  await run(instance);
} finally {
  await instance.stop();
}
