import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MirrorWorld, startMirror } from './start-mirror.ts';

let world: MirrorWorld;
beforeAll(async () => {
  world = await startMirror();
});
afterAll(() => world.stop());

let counter = 0;
function event() {
  counter += 1;
  const data = { object: { id: `obj_${counter}`, object: 'thing' } };
  const created = Math.floor(Date.now() / 1000);
  return {
    id: `evt_abuse_${counter}`,
    object: 'event',
    type: 'nothing.we.know',
    created,
    livemode: false,
    data,
  };
}

/** Milliseconds until a real event is acknowledged. */
async function acknowledgement(): Promise<number> {
  const startedAt = performance.now();
  expect(await world.deliver(event())).toBe(200);
  return performance.now() - startedAt;
}

async function acknowledgements(count: number, pauseMs: number): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n += 1) {
    all.push(await acknowledgement());
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return all.toSorted((left, right) => left - right);
}

const at = (sorted: readonly number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;

describe('a flood of posts without a signature', () => {
  test('ten thousand are refused one by one, and a real event is acknowledged within a second all the while', async () => {
    const flood = Promise.all(Array.from({ length: 20 }, () => unsignedPosts(500)));
    const waits = await acknowledgements(20, 100);
    const answers = (await flood).flat();
    expect(answers.length).toBe(10_000);
    expect(new Set(answers)).toEqual(new Set(['400']));
    expect(at(waits, 1)).toBeLessThan(1_000);
  }, 180_000);
});

describe('five hundred bodies that arrive byte by byte', () => {
  test('are cut within thirty seconds, and real events are acknowledged as before', async () => {
    const before = await acknowledgements(40, 5);
    const { hostname, port } = new URL(world.api.url);
    const startedAt = performance.now();
    const sockets = Array.from({ length: 500 }, () => slowBody(hostname, Number(port)));
    const drip = setInterval(() => {
      for (const { socket } of sockets) if (socket.writable) socket.write(' ');
    }, 1_000);
    const during = await acknowledgements(40, 50);
    const ends = await Promise.all(sockets.map(({ ended }) => ended));
    clearInterval(drip);
    expect(Math.max(...ends) - startedAt).toBeLessThan(30_000);
    // Twice the usual time, or what a busy machine adds anyway.
    expect(at(during, 0.99)).toBeLessThan(Math.max(2 * at(before, 0.99), 250));
  }, 90_000);
});

/** One connection that posts again as soon as it has been answered; the statuses in order. */
function unsignedPosts(count: number): Promise<string[]> {
  const { hostname, port } = new URL(world.api.url);
  const request = `POST /api/webhooks/stripe HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nstripe-signature: t=1,v1=00\r\n\r\n{}`;
  return new Promise((resolve, reject) => {
    const statuses: string[] = [];
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      for (const [, status = ''] of String(chunk).matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        statuses.push(status);
        if (statuses.length < count) socket.write(request);
      }
      if (statuses.length >= count) socket.end();
    });
    socket.on('close', () => resolve(statuses));
  });
}

function slowBody(host: string, port: number): { socket: Socket; ended: Promise<number> } {
  const socket = connect({ host, port });
  socket.on('error', () => undefined);
  socket.write(
    `POST /api/webhooks/stripe HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\nstripe-signature: t=1,v1=00\r\n\r\n`,
  );
  socket.resume();
  return { socket, ended: new Promise((resolve) => socket.once('close', () => resolve(performance.now()))) };
}
