import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeResults } from '../results.ts';
import { type Caller, createCaller } from '../trial/caller.ts';
import { runTrial, type Trial } from '../trial/trial.ts';
import type { TrialApi } from '../trial/trial-api.ts';

const endpointCount = 4;
const messageCount = Number(process.env.MESSAGES ?? 2_500);
const deliveryCount = messageCount * endpointCount;
/** Of the process while it delivers: its last fifth may not need more than this beyond its first. */
const growthMbMax = 60;

/** How fast one process empties a queue of outgoing webhooks, each endpoint in order, beside bare posts of its kind. */
await runTrial('outgoing webhooks: a backlog drained by one process', async (trial) => {
  const receivers = await Promise.all(Array.from({ length: endpointCount }, startReceiver));
  const api = await trial.startApi();
  const caller = createCaller({ url: api.url, key: trial.key });
  await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
  await addEndpoints(trial, api, receivers);
  const barePerSecond = await postBare(receivers);
  await store(trial);
  const startedAt = performance.now();
  const watched = watchMemory(api);
  await drain(trial, caller);
  const seconds = (performance.now() - startedAt) / 1000;
  const growthMb = await watched.stop();
  const perSecond = deliveryCount / seconds;
  judge(trial, receivers, growthMb);
  const share = perSecond / barePerSecond;
  const rates = `${perSecond.toFixed(0)} of ${barePerSecond.toFixed(0)} bare posts per second`;
  trial.note(
    `${deliveryCount} deliveries in ${seconds.toFixed(1)} s: ${rates} (${(share * 100).toFixed(0)} %)`,
  );
  await writeResults('webhooks-out', { deliveryCount, endpointCount, seconds, perSecond, share, growthMb });
  for (const { server } of receivers) server.close();
});

interface Receiver {
  url: string;
  server: Server;
  /** Numbers of the messages in the order in which they came. */
  numbers: number[];
}

async function startReceiver(): Promise<Receiver> {
  const numbers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString());
      if (typeof message.data?.number === 'number') numbers.push(message.data.number);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hooks`, server, numbers };
}

/** Made as an owner makes them, because only the API can seal their secrets. */
async function addEndpoints(trial: Trial, api: TrialApi, receivers: readonly Receiver[]): Promise<void> {
  const call = async (path: string, body: object, cookie = '') => {
    const headers = { 'content-type': 'application/json', origin: api.url, cookie };
    const answer = await fetch(api.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const person = { name: 'Owner', email: 'owner@trial.test', password: 'a long enough secret 7' };
  await call('/api/auth/sign-up/email', person);
  const signedIn = await call('/api/auth/sign-in/email', person);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  await trial.database.owner.query(
    `insert into members (organization_id, user_id, role) select $1, id, 'owner' from auth."user" where email = $2`,
    [trial.organizationId, person.email],
  );
  const { rows } = await trial.database.owner.query('select slug from organizations where id = $1', [
    trial.organizationId,
  ]);
  for (const { url } of receivers)
    await call('/trpc/webhooks.create', { organization: rows[0].slug, url }, cookie);
}

/** What the receivers take from as many senders that do nothing but post, one after the other. */
async function postBare(receivers: readonly Receiver[]): Promise<number> {
  const count = 1_000;
  const body = JSON.stringify({ data: { text: 'x'.repeat(200) } });
  const startedAt = performance.now();
  await Promise.all(
    receivers.map(async ({ url }) => {
      for (let n = 0; n < count; n += 1) await (await fetch(url, { method: 'POST', body })).text();
    }),
  );
  return (count * receivers.length) / ((performance.now() - startedAt) / 1000);
}

async function store({ database, organizationId }: Trial): Promise<void> {
  await database.owner.query(
    `insert into webhook_messages (organization_id, id, type, fact, data, occurred_at)
     select $1, gen_random_uuid(), 'invoice.paid', 'fact-' || n,
            jsonb_build_object('number', n, 'text', repeat('x', 200)), now() - interval '1 hour' + n * interval '1 ms'
       from generate_series(1, $2::int) as n`,
    [organizationId, messageCount],
  );
}

async function drain(trial: Trial, caller: Caller): Promise<void> {
  const delivered = () => trial.count(`select count(*) from webhook_deliveries where status = 'delivered'`);
  while ((await delivered()) < deliveryCount) await caller.post('/test/drain', {}, { timeoutMs: 600_000 });
}

function watchMemory(api: TrialApi) {
  const samples: Promise<number>[] = [];
  const timer = setInterval(() => samples.push(api.memory()), 200);
  return {
    /** Megabytes by which the last fifth of the time needed more than the first, warm, fifth. */
    async stop(): Promise<number> {
      clearInterval(timer);
      const bytes = await Promise.all(samples);
      const fifth = Math.max(1, Math.floor(bytes.length / 5));
      const largest = (from: number) => Math.max(...bytes.slice(from, from + fifth));
      return (largest(bytes.length - fifth) - largest(0)) / 2 ** 20;
    },
  };
}

function judge(trial: Trial, receivers: readonly Receiver[], growthMb: number): void {
  const missing = receivers.map(({ numbers }) => messageCount - new Set(numbers).size);
  trial.check('messages that did not arrive', Math.max(...missing) === 0, missing.join(', '));
  const twice = receivers.map(({ numbers }) => numbers.length - new Set(numbers).size);
  trial.check('messages that arrived twice without need', Math.max(...twice) === 0, twice.join(', '));
  const inOrder = receivers.every(({ numbers }) => numbers.every((number, n) => number === n + 1));
  trial.check('each endpoint got them in order', inOrder);
  trial.check(
    `memory is flat (≤ ${growthMbMax} MB more)`,
    growthMb <= growthMbMax,
    `${growthMb.toFixed(0)} MB`,
  );
}
