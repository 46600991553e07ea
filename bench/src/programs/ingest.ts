import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asId } from '@metergate/core';
import { storeUsageEvents, toUsageRow, type UsageRow } from '@metergate/db/metering';
import { createPoster, type Measured, measure, report } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';

/** How much usage one process takes in, against the statement alone and against Express alone, in one run. */
const seconds = Number(process.argv[2] ?? 5);
const batchSize = 1000;
let made = 0;

function rows(organizationId: string): UsageRow[] {
  return Array.from({ length: batchSize }, () => {
    made += 1;
    return toUsageRow({
      organizationId: asId('organization', organizationId),
      aggregation: 'sum',
      source: 'api',
      draft: {
        id: `raw-${made}`,
        meter: 'execution',
        quantity: '1',
        occurredAt: new Date(),
        clientId: null,
        subject: null,
        properties: null,
      },
    });
  });
}

function body(count: number): string {
  const occurredAt = new Date().toISOString();
  const events = Array.from({ length: count }, () => {
    made += 1;
    return { id: `http-${made}`, organization: 'acme', meter: 'execution', quantity: '1', occurredAt };
  });
  return JSON.stringify({ events });
}

const results: Record<string, Measured> = {};

async function measureBatches(instance: MeasuredInstance): Promise<void> {
  const { database, organizationId } = instance;
  const load = { seconds, unitsPerCall: batchSize };
  const raw = await measure({ ...load, concurrency: 2 }, async () => {
    const store = { pool: database.ingest, recordedAt: new Date() };
    await storeUsageEvents(store, rows(organizationId));
  });
  report('the statement alone, batches of 1 000, 2 connections', raw);
  const post = createPoster({ ...instance, sockets: 4 });
  const http = await measure({ ...load, concurrency: 4 }, () => post('/v1/usage-events', body(batchSize)));
  report('over HTTP, batches of 1 000, 4 in flight', http, raw);
  Object.assign(results, { statementBatches: raw, httpBatches: http });
}

async function measureSingles(instance: MeasuredInstance, parseOnlyUrl: string): Promise<void> {
  for (const concurrency of [50, 200]) {
    const floorPost = createPoster({ url: parseOnlyUrl, key: 'none', sockets: concurrency });
    const floor: Measured = await measure({ seconds, concurrency }, () => floorPost('/parse', body(1)));
    report(`Express that only parses, ${concurrency} in flight`, floor);
    const post = createPoster({ ...instance, sockets: concurrency });
    const single = await measure({ seconds, concurrency }, () => post('/v1/usage-events', body(1)));
    report(`single events, ${concurrency} in flight`, single, floor);
    results[`expressFloor${concurrency}`] = floor;
    results[`singles${concurrency}`] = single;
  }
}

async function startParseOnly(): Promise<{ url: string; process: ChildProcess }> {
  const program = fileURLToPath(new URL('../parse-only-server.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${String(line).trim()}`, process: child };
}

const instance = await startMeasuredInstance();
const parseOnly = await startParseOnly();
try {
  await measureBatches(instance);
  await measureSingles(instance, parseOnly.url);
  await writeResults('ingest', { results });
  const { rows: counted } = await instance.owner.query(
    `select (select count(*) from usage_events)::int as events, (select sum(event_count) from usage_buckets)::int as buckets`,
  );
  console.log(`stored ${counted[0].events} events, roll-ups count ${counted[0].buckets}`);
} finally {
  parseOnly.process.kill();
  await instance.stop();
}
