import process from 'node:process';
import { asId } from '@metergate/core';
import { createUsageReader } from '@metergate/db/metering';
import { fillUsage } from '../fill-usage.ts';
import { type Measured, measure, report } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';
import { createPoster } from '../socket-poster.ts';

/**
 * Reading totals and series over a million events (and over ten with `--long`, or as many as are named): in the store,
 * over HTTP, and decisions at 200 a second while usage comes in at half of what it can.
 */
const named = process.argv.slice(2).map(Number).filter(Number.isSafeInteger);
const usualSizes = process.argv.includes('--long') ? [1_000_000, 10_000_000] : [1_000_000];
const sizes = named.length > 0 ? named : usualSizes;
const seconds = 5;
const dayMs = 86_400_000;

async function measureStore({
  database,
  organizationId,
}: MeasuredInstance): Promise<Record<string, Measured>> {
  const reader = createUsageReader({ app: database.app, ingest: database.ingest });
  const owner = asId('organization', organizationId);
  const span = { organizationId: owner, meter: 'execution', aggregation: 'sum' } as const;
  const end = new Date();
  const windows = Array.from({ length: 30 }, (_, n) => ({
    start: new Date(end.getTime() - (30 - n) * dayMs),
    end: new Date(end.getTime() - (29 - n) * dayMs),
  }));
  const period = { start: new Date(end.getTime() - 31 * dayMs), end };
  const load = { seconds, concurrency: 1 };
  return {
    'store: total of a period': await measure(load, async () => {
      await reader.totals(owner, [{ meter: 'execution', aggregation: 'sum', period }]);
    }),
    'store: 30 days by day': await measure(load, async () => {
      await reader.series(span, windows);
    }),
    'store: parts of a period': await measure(load, async () => {
      await reader.parts(span, { period, lateFrom: end });
    }),
  };
}

async function measureHttp({ url, key }: MeasuredInstance): Promise<Record<string, Measured>> {
  const get = async (path: string) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  };
  const base = '/v1/organizations/acme';
  const since = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
  const span = (days: number) => `from=${since(days)}&to=${new Date().toISOString()}`;
  const questions: [string, string][] = [
    ['HTTP: entitlements with totals', `${base}/entitlements`],
    ['HTTP: total of the period', `${base}/usage?meter=execution&granularity=period`],
    ['HTTP: 30 days by day', `${base}/usage?meter=execution&granularity=day&${span(30)}`],
    ['HTTP: parts of 30 days', `${base}/usage/parts?meter=execution&${span(30)}`],
    ['HTTP: newest 25 events', `${base}/usage-events?meter=execution&limit=25`],
  ];
  const results: Record<string, Measured> = {};
  for (const [name, path] of questions) {
    await get(path);
    results[name] = await measure({ seconds, concurrency: 1 }, () => get(path));
  }
  return results;
}

/** Checks at a fixed pace, so that a slow answer does not slow the asking down. */
async function measureChecksBesideIngest(instance: MeasuredInstance): Promise<Record<string, Measured>> {
  const post = createPoster({ ...instance, sockets: 60 });
  const batch = (n: number) => {
    const occurredAt = new Date().toISOString();
    const items = Array.from({ length: 500 }, (_, i) => ({
      ...{ id: `beside-${n}-${i}`, organization: 'acme', meter: 'execution', quantity: '1', occurredAt },
    }));
    return post('/v1/usage-events', JSON.stringify({ events: items }));
  };
  let made = 0;
  const most = await measure({ seconds, concurrency: 4, unitsPerCall: 500 }, () => batch(++made));
  const pauseMs = (500 / (most.perSecond / 2)) * 1000;
  let isOver = false;
  const ingest = (async () => {
    while (!isOver) {
      const startedAt = performance.now();
      await batch(++made);
      await sleep(pauseMs - (performance.now() - startedAt));
    }
  })();
  const body = JSON.stringify({ organization: 'acme', feature: 'execution', quantity: '1' });
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const count = seconds * 200;
  for (let n = 0; n < count; n += 1) {
    const startedAt = performance.now();
    pending.push(
      post('/v1/limits/check', body).then(() => void latencies.push(performance.now() - startedAt)),
    );
    await sleep(5);
  }
  await Promise.all(pending);
  isOver = true;
  await ingest;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(count * share)] ?? 0;
  const checks = { units: count, perSecond: 200, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  return { 'ingest at most': most, 'check at 200/s beside half of it': checks };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

const instance = await startMeasuredInstance({
  scopes: ['usage:read', 'usage:write', 'entitlements:read', 'limits:check'],
});
try {
  const results: Record<string, Record<string, Measured>> = {};
  for (const [n, size] of sizes.entries()) {
    await fillUsage(instance, size, sizes[n - 1] ?? 0);
    const measured = { ...(await measureStore(instance)), ...(await measureHttp(instance)) };
    reportAll(`over ${size.toLocaleString('en-US')} events`, measured);
    results[size] = measured;
  }
  const beside = await measureChecksBesideIngest(instance);
  reportAll('decisions beside usage', beside);
  await writeResults('reads', { sizes, results: { ...results, beside } });
} finally {
  await instance.stop();
}

function reportAll(title: string, results: Readonly<Record<string, Measured>>): void {
  console.log(title);
  for (const [name, measured] of Object.entries(results)) report(name, measured);
}
