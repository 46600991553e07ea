import os from 'node:os';
import process from 'node:process';
import { createPoster } from './socket-poster.ts';
import { batchSize, nextBatch } from './usage-batch.ts';

/**
 * Sends batches at a steady pace (events a second) until its input ends, then prints how many events a second were
 * stored. A process of its own with the lowest priority: whoever sends usage has a machine of its own, and what making
 * bodies costs must not be taken for what it costs the server to answer others.
 */
os.setPriority(os.constants.priority.PRIORITY_LOW);
const [url = '', key = '', senders = '1', perSecond = '0'] = process.argv.slice(2);
const count = Number(senders);
const everyMs = (1000 * batchSize * count) / Number(perSecond);
const post = createPoster({ url, key, sockets: count });
let isOver = false;
let stored = 0;

/** Waits for its answer and then for its next turn. */
async function send(sender: number): Promise<void> {
  for (let due = performance.now() + (everyMs * sender) / count; !isOver; due += everyMs) {
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    await post('/v1/usage-events', nextBatch(`paced-${sender}`));
    stored += batchSize;
  }
}

process.stdin.resume();
process.stdin.once('end', () => {
  isOver = true;
});
const startedAt = performance.now();
await Promise.all(Array.from({ length: count }, (_, sender) => send(sender)));
process.stdout.write(String((stored * 1000) / (performance.now() - startedAt)));
process.exit();
