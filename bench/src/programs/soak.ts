import process from 'node:process';

import { startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';
import { createPoster } from '../socket-poster.ts';

/**
 * Resident memory of the API under steady load, minute by minute after a collection: single events, batches, consumes
 * and checks, a thousand ids of subjects. `npm run bench soak 10` runs ten minutes and compares the last with the second.
 * A flood comes first: V8 keeps the pages that a heap once had, and when a steady load makes it take them depends on
 * the machine's mood, which looks like a leak in one step.
 */
const minutes = Number(process.argv[2] ?? 3);
const floodMs = 30_000;
let made = 0;

function eventsOf(count: number): string {
  const occurredAt = new Date().toISOString();
  const events = Array.from({ length: count }, () => {
    made += 1;
    const subject = `subject-${made % 1000}`;
    return {
      id: `soak-${made}`,
      organization: 'acme',
      meter: 'execution',
      quantity: '1',
      occurredAt,
      subject,
    };
  });
  return JSON.stringify({ events });
}

const instance = await startMeasuredInstance({ collects: true });
const post = createPoster({ ...instance, sockets: 20 });
const limit = JSON.stringify({ organization: 'acme', feature: 'execution', quantity: '1' });
const works = [
  () => post('/v1/usage-events', eventsOf(1)),
  () => post('/v1/usage-events', eventsOf(200)),
  () => post('/v1/limits/consume', limit, [200, 402]),
  () => post('/v1/limits/check', limit),
];
let isOver = false;

async function flood(): Promise<void> {
  const endsAt = performance.now() + floodMs;
  const sender = async () => {
    while (performance.now() < endsAt) await post('/v1/usage-events', eventsOf(1000));
  };
  await Promise.all(Array.from({ length: 16 }, sender));
}

try {
  await flood();
  console.log(`after the flood: ${instance.apiMemoryMiB().toFixed(1)} MiB, ${made} events sent`);
  const senders = Array.from({ length: 8 }, async (_, n) => {
    for (let turn = n; !isOver; turn += 1) await works[turn % works.length]?.();
  });
  const memoryMiB: number[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    // Without it the collector's teeth are larger than what is looked for: a fifth up or down from minute to minute.
    await instance.collect();
    memoryMiB.push(instance.apiMemoryMiB());
    console.log(`minute ${minute}: ${memoryMiB.at(-1)?.toFixed(1)} MiB, ${made} events sent`);
  }
  isOver = true;
  await Promise.all(senders);
  const growth = (memoryMiB.at(-1) ?? 0) / (memoryMiB[1] ?? 1) - 1;
  console.log(`growth from minute 2 to ${minutes}: ${(growth * 100).toFixed(1)} %`);
  await writeResults('soak', { minutes, memoryMiB, growth, events: made });
} finally {
  await instance.stop();
}
