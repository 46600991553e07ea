import { Agent, request } from 'node:http';
import os from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { nextBatch } from '../usage-batch.ts';

/**
 * Sends batches of one organization as fast as they are answered, between a line `storm` and a line `rest` of its
 * input, and says `rests` when the last one is answered. When its input ends it prints how often each status came.
 * A process of its own with the lowest priority: whoever storms has a machine of its own, and what it costs to send
 * must not be taken for what it costs the neighbor.
 */
os.setPriority(os.constants.priority.PRIORITY_LOW);
const [url = '', key = '', senders = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(senders) });
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
const statuses = new Map<number, number>();
let isStorming = false;

function post(body: string): Promise<number> {
  return new Promise((resolve) => {
    const options = {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    };
    const outgoing = request(`${url}/v1/usage-events`, options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', () => resolve(0));
    outgoing.end(body);
  });
}

async function storm(sender: number): Promise<void> {
  while (isStorming) {
    const body = nextBatch(`storm-${sender}`);
    // A kept connection may be closed just before it is used again: like any sender it asks once more.
    const status = (await post(body)) || (await post(body));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
}

let storming: Promise<unknown> = Promise.resolve();
for await (const line of createInterface(process.stdin)) {
  isStorming = line === 'storm';
  if (isStorming)
    storming = Promise.all(Array.from({ length: Number(senders) }, (_, sender) => storm(sender)));
  else await storming.then(() => process.stdout.write('rests\n'));
}
isStorming = false;
await storming;
process.stdout.write(`${JSON.stringify([...statuses])}\n`);
