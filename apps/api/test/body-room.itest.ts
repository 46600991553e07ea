import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let keys: { storm: string; neighbor: string };
let stormId: string;
const agent = new Agent({ keepAlive: true });
const sockets: Socket[] = [];
const patience = { timeout: 10_000 };

beforeAll(async () => {
  api = await startTestApi();
  await api.addOrganization('acme');
  const [storm, neighbor] = [await api.addApiKey(['usage:write']), await api.addApiKey(['usage:write'])];
  keys = { storm: storm.key, neighbor: neighbor.key };
  stormId = storm.id;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  // A body that is answered, refused or given up leaves nothing behind.
  await expect.poll(() => api.container.bodyRoom.bytes, patience).toBe(0);
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
});

const path = '/v1/usage-events';
/** The plainest spelling of the type is answered before the application, every other one by it. */
const ways: [string, string][] = [
  ['the short way', 'application/json'],
  ['the long way', 'application/json;charset=UTF-8'],
];
let made = 0;

/** A batch whose text has about as many bytes. */
function batchOf(bytes: number): string {
  const [event, filler] = [
    { organization: 'acme', meter: 'message', quantity: '1', occurredAt: new Date().toISOString() },
    'x'.repeat(15_000),
  ];
  const events = Array.from({ length: Math.ceil(bytes / 15_200) }, () => {
    made += 1;
    return { ...event, id: `room-${made}`, properties: { filler } };
  });
  return JSON.stringify({ events });
}

interface Posted {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Posting {
  body: string;
  type?: string;
  key?: string;
  through?: Agent;
  isChunked?: boolean;
}

function post({ body, type = 'application/json', key = keys.storm, through = agent, isChunked }: Posting) {
  return new Promise<Posted>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': type,
      ...(isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) }),
    };
    const outgoing = request(`${api.url}${path}`, { method: 'POST', agent: through, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    outgoing.on('error', reject);
    if (isChunked) for (let n = 0; n < body.length; n += 50_000) outgoing.write(body.slice(n, n + 50_000));
    outgoing.end(isChunked ? undefined : body);
  });
}

/** A connection for what no client would do; closed after the test. */
function open(text: string): Socket {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  socket.write(text);
  return socket;
}

describe.each(ways)('%s', (_, type) => {
  it('refuses a body that finds no room, and answers the next request on the same connection', async () => {
    const one = new Agent({ keepAlive: true, maxSockets: 1 });
    const stay = api.container.bodyRoom.enter(stormId, 11_900_000);
    const body = batchOf(1_500_000);
    const [refused, small, tooLarge] = await Promise.all([
      post({ body, type, through: one }),
      post({ body: batchOf(100), type, through: one }),
      post({ body: 'x'.repeat(3_000_000), type, through: one }),
    ]);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(JSON.parse(refused.text).error).toMatchObject({ code: 'BODY_ROOM_FULL', retriable: true });
    expect(small.status).toBe(200);
    expect(tooLarge.status).toBe(413);
    expect((await post({ body, type, key: keys.neighbor })).status).toBe(200);
    stay.leave();
    // What was refused was not looked at: sent again, all of it is new.
    const again = await post({ body, type, through: one });
    expect(JSON.parse(again.text)).toMatchObject({ accepted: 0, duplicates: 99 });
    one.destroy();
  });

  it('answers each of 150 senders of large bodies, also when there is no room for any', async () => {
    const flood = async () => {
      const senders = Array.from({ length: 150 }, () => post({ body: batchOf(200_000), type }));
      return (await Promise.all(senders)).map(({ status }) => status);
    };
    const stay = api.container.bodyRoom.enter(stormId, 11_900_000);
    expect(await flood()).toEqual(Array(150).fill(429));
    stay.leave();
    const statuses = await flood();
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  });

  it('takes a body of two million bytes, and none of one more, with its length or in chunks', async () => {
    const batch = batchOf(100);
    for (const isChunked of [false, true]) {
      const statuses = [2_000_000, 2_000_001].map(async (bytes) => {
        const { status } = await post({ body: batch.padEnd(bytes), type, isChunked });
        return status;
      });
      expect(await Promise.all(statuses)).toEqual([200, 413]);
    }
  });

  it('keeps nothing for a sender who hangs up while the key is looked for', async () => {
    for (let n = 0; n < 20; n += 1) {
      api.container.apiKeys.forget();
      const socket = open(
        `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.storm}\r\n` +
          `content-type: ${type}\r\ncontent-length: 100000\r\n\r\n`,
      );
      await new Promise((resolve) => socket.once('connect', resolve));
      setImmediate(() => socket.destroy());
    }
    await expect.poll(() => api.container.bodyRoom.bytes, patience).toBe(0);
    expect((await post({ body: batchOf(100), type })).status).toBe(200);
  });

  it('lets no announced body that does not arrive keep others out, and none of a sender who hangs up', async () => {
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.storm}`;
    for (const begun of ['', '', '', ...Array(3).fill('{"events":[')]) {
      open(`${head}\r\ncontent-type: ${type}\r\ncontent-length: 2000000\r\n\r\n${begun}`);
    }
    await expect.poll(() => api.container.bodyRoom.bytes, patience).toBe(12_000_000);
    expect((await post({ body: batchOf(400_000), type })).status).toBe(429);
    await expect.poll(async () => (await post({ body: batchOf(400_000), type })).status, patience).toBe(200);
    expect(api.container.bodyRoom.bytes).toBeLessThan(100);
  });
});

it('counts a body in chunks as it arrives, refuses it when there is no room, and serves on', async () => {
  const stay = api.container.bodyRoom.enter(stormId, 11_000_000);
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  const [refused, next] = await Promise.all([
    post({ body: batchOf(1_900_000), through: one, isChunked: true }),
    post({ body: batchOf(100), through: one, isChunked: true }),
  ]);
  expect(refused.status).toBe(429);
  expect(JSON.parse(refused.text).error.code).toBe('BODY_ROOM_FULL');
  expect(next.status).toBe(200);
  stay.leave();
  one.destroy();
});

it('takes a body after a byte order mark, and one in chunks with nothing in it for an empty object', async () => {
  expect((await post({ body: `\ufeff${batchOf(100)}` })).status).toBe(200);
  const [nothing, empty] = await Promise.all(
    ['', '{}'].map(async (body) => {
      const { status, text } = await post({ body, isChunked: true });
      return [status, JSON.parse(text).error.code];
    }),
  );
  expect(nothing).toEqual(empty);
  const { text } = await post({ body: '{', isChunked: true });
  expect(JSON.parse(text).error.code).not.toBe(nothing?.[1]);
});

it.each(['/v1/usage-events', '/v1/limits/check', '/v1/organizations/acme/clients'])(
  'reads nothing of what a stranger sends to %s',
  async (address) => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST ${address} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer mg_${'x'.repeat(32)}\r\n` +
        'content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"a":',
    );
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401/);
    expect(api.container.bodyRoom.bytes).toBe(0);
  },
);

it('cuts off whoever goes on sending what was refused', async () => {
  const socket = open(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.storm}\r\n` +
      'content-type: application/json\r\ncontent-length: 900000000\r\n\r\n',
  );
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const filler = Buffer.alloc(1_000_000, 'x');
  const sending = setInterval(() => socket.writable && socket.write(filler), 5);
  await closed;
  clearInterval(sending);
  // Long before the time is up that any request may take.
  expect(socket.bytesWritten).toBeLessThan(100_000_000);
  expect(answer).toMatch(/^HTTP\/1\.1 413/);
});
