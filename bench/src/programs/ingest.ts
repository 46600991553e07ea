import process from 'node:process';
import { asId } from '@metergate/core';
import { storeUsageEvents, toUsageRow, type UsageRow } from '@metergate/db/metering';
import { measure } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { measurePairs, type PairedResult } from '../pairs.ts';
import { startParseOnly } from '../parse-only.ts';
import { writeResults } from '../results.ts';
import { createPoster } from '../socket-poster.ts';

/** How much usage one process takes in, against the statement alone and against Express alone, in one run. */
const seconds = Number(process.argv[2] ?? 4);
const pairs = Number(process.argv[3] ?? 3);
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

const results: Record<string, PairedResult> = {};

type ParseOnly = Awaited<ReturnType<typeof startParseOnly>>;

async function measureBatches(instance: MeasuredInstance, parseOnly: ParseOnly): Promise<void> {
  const { database, organizationId } = instance;
  const load = { seconds, unitsPerCall: batchSize };
  const post = createPoster({ ...instance, sockets: 4 });
  const subject = {
    cpuMs: instance.cpuMs,
    run: () => measure({ ...load, concurrency: 4 }, () => post('/v1/usage-events', body(batchSize))),
  };
  const floorPost = createPoster({ url: parseOnly.url, key: 'none', sockets: 4 });
  results.batchesOfParsing = await measurePairs({
    name: 'batches of 1 000 over HTTP, 4 in flight, against Express that only parses',
    pairs,
    floor: {
      cpuMs: parseOnly.cpuMs,
      run: () => measure({ ...load, concurrency: 4 }, () => floorPost('/parse', body(batchSize))),
    },
    subject,
  });
  results.batches = await measurePairs({
    name: 'batches of 1 000 over HTTP, 4 in flight, against the statement alone',
    pairs,
    floor: {
      cpuMs: instance.cpuMs,
      run: () =>
        measure({ ...load, concurrency: 2 }, async () => {
          const store = { pool: database.ingest, recordedAt: new Date() };
          await storeUsageEvents(store, rows(organizationId));
        }),
    },
    subject,
  });
}

async function measureSingles(instance: MeasuredInstance, parseOnly: ParseOnly): Promise<void> {
  // Until the machine code of both sides is made, which takes the larger one longer.
  for (const [target, path] of [
    [{ url: parseOnly.url, key: 'none' }, '/parse'],
    [instance, '/v1/usage-events'],
  ] as const) {
    const post = createPoster({ ...target, sockets: 64 });
    await measure({ seconds: 2, concurrency: 64 }, () => post(path, body(1)));
  }
  for (const concurrency of [50, 200]) {
    const load = { seconds, concurrency };
    const floorPost = createPoster({ url: parseOnly.url, key: 'none', sockets: concurrency });
    const post = createPoster({ ...instance, sockets: concurrency });
    results[`singles${concurrency}`] = await measurePairs({
      name: `single events, ${concurrency} in flight, against Express that only parses`,
      pairs,
      floor: { cpuMs: parseOnly.cpuMs, run: () => measure(load, () => floorPost('/parse', body(1))) },
      subject: { cpuMs: instance.cpuMs, run: () => measure(load, () => post('/v1/usage-events', body(1))) },
    });
  }
}

const instance = await startMeasuredInstance();
const parseOnly = await startParseOnly();
try {
  // First: what a flood of batches leaves behind (checkpoints, vacuum) would be work of one side only.
  await measureSingles(instance, parseOnly);
  await measureBatches(instance, parseOnly);
  await writeResults('ingest', { results });
  const { rows: counted } = await instance.owner.query(
    `select (select count(*) from usage_events)::int as events, (select sum(event_count) from usage_buckets)::int as buckets`,
  );
  console.log(`stored ${counted[0].events} events, roll-ups count ${counted[0].buckets}`);
} finally {
  parseOnly.stop();
  await instance.stop();
}
