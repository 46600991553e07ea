import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { afterAll, describe, expect, it } from 'vitest';
import { API_VERSION } from '../src/events/emit.ts';
import { journalLine } from '../src/store/journal-format.ts';
import { ownerOf } from '../src/store/owner-index.ts';
import { readSchemaSet } from '../src/wire/schema-set.ts';
import { createPayer, createPlan, startFlow } from './flow.ts';

const PROGRAM = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const HEADERS = { authorization: 'Bearer sk_test_x' };
const SUBSCRIPTIONS = 10_000;

interface Started {
  child: ChildProcess;
  url: string;
  readyMs: number;
  /** What the start has cost the processor, which does not depend on who else is at work; null where unknown. */
  processorMs: number | null;
}

/** Linux counts in hundredths of a second: user and system time are the 14th and 15th field. */
function processorMs(pid: number): number | null {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return null;
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Starts the program on a free port and waits for its first answer to an API call. */
async function startProgram(dataFile: string): Promise<Started> {
  const began = performance.now();
  const env = { ...process.env, STRIPE_EMULATOR_PORT: '0', STRIPE_EMULATOR_DATA: dataFile };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    child.once('exit', () => reject(new Error('the emulator did not start')));
  });
  const [url = ''] = /http:\/\/\S+/.exec(line) ?? [];
  await (await fetch(`${url}/v1/subscriptions?limit=1`, { headers: HEADERS })).text();
  return { child, url, readyMs: performance.now() - began, processorMs: processorMs(child.pid ?? 0) };
}

function kill({ child }: Started): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe('numbers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-numbers-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function journalOfMany(): Promise<string> {
    const path = join(folder, 'many.journal');
    const flow = await startFlow('2026-03-01T00:00:00Z', { validate: false });
    const price = await createPlan(flow.stripe, { unit_amount: 100 });
    const customer = await createPayer(flow.stripe);
    const { id } = await flow.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const { changes } = await flow.control('GET', '/snapshot');
    await flow.close();
    if (!Array.isArray(changes)) throw new Error('no snapshot');
    const model = changes.find((change) => change.id === id);
    const copies = Array.from({ length: SUBSCRIPTIONS }, (_none, index) => {
      const name = `sub_${index}`;
      return { ...model, id: name, row: { ...model.row, id: name, created: model.row.created + index } };
    });
    const lines = [...changes, ...copies].map((change) =>
      journalLine({ ...change, owner: ownerOf(change.kind, change.row) }, true),
    );
    writeFileSync(path, lines.join(''));
    return path;
  }

  it('starts with 10 000 subscriptions and lists 100 of them quickly', async () => {
    const path = await journalOfMany();
    const starts: number[] = [];
    const costs: number[] = [];
    const lists: number[] = [];
    for (let run = 0; run < 3; run++) {
      const started = await startProgram(path);
      starts.push(started.readyMs);
      if (started.processorMs !== null) costs.push(started.processorMs);
      for (let call = 0; call < 9; call++) {
        const began = performance.now();
        const url = `${started.url}/v1/subscriptions?limit=100`;
        const page = JSON.parse(await (await fetch(url, { headers: HEADERS })).text());
        lists.push(performance.now() - began);
        expect(page.data).toHaveLength(100);
      }
      await kill(started);
    }
    const best = Math.min(...starts);
    process.stdout.write(
      `start with ${SUBSCRIPTIONS} subscriptions: best ${best.toFixed()} ms (${Math.min(...costs)} ms of processor time); ` +
        `list of 100: best ${Math.min(...lists).toFixed(1)}, median ${median(lists).toFixed(1)} ms\n`,
    );
    // The best of many: machines that run tests are shared, and the others' work is not the emulator's.
    expect(Math.min(...lists)).toBeLessThan(50);
    expect(Math.min(...costs, best)).toBeLessThan(1000);
  }, 60_000);

  it('loses nothing that was answered when it is killed under load', async () => {
    const path = join(folder, 'killed.journal');
    const first = await startProgram(path);
    const acknowledged: string[] = [];
    const until = Date.now() + 3000;
    const write = async () => {
      while (Date.now() < until) {
        const request = fetch(`${first.url}/v1/customers`, {
          method: 'POST',
          headers: HEADERS,
          body: 'name=x',
        });
        const answer = await request.then((response) => response.json()).catch(() => null);
        if (answer === null) return;
        acknowledged.push(String(Reflect.get(Object(answer), 'id')));
      }
    };
    const writers = Array.from({ length: 8 }, write);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await kill(first);
    await Promise.all(writers);
    const second = await startProgram(path);
    const stripe = new Stripe('sk_test_x', {
      host: '127.0.0.1',
      port: Number(new URL(second.url).port),
      protocol: 'http',
    });
    const found = new Set<string>();
    for await (const { id } of stripe.customers.list({ limit: 100 })) found.add(id);
    await kill(second);
    process.stdout.write(`killed under load: ${acknowledged.length} answered, ${found.size} found\n`);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  }, 30_000);
});

describe('an upgrade of the SDK', () => {
  it('shows as a failing test until shapes and version are looked at again', () => {
    const main = createRequire(import.meta.url).resolve('stripe');
    const root = main.replace(/(.*\/node_modules\/stripe)\/.*/, '$1');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const openApi = readFileSync(join(root, 'OPENAPI_VERSION'), 'utf8').trim();
    const schemas = readSchemaSet();
    expect({ version, openApi, apiVersion: Stripe.API_VERSION, cached: schemas?.sdkVersion }).toEqual({
      version: '23.1.0',
      openApi: 'v2596',
      apiVersion: API_VERSION,
      cached: version,
    });
    expect(API_VERSION).toBe('2026-10-28.endive');
    expect(schemas?.endpoints).toHaveLength(227);
  });
});
