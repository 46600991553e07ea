import { asId, notFound } from '@metergate/core';
import type { OutageReport } from '@metergate/core/limits/outage/outage.ports';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { CarryOverTarget, Settlement } from './carry-over.ts';
import { carrySegmentOver } from './carry-segment.ts';
import { entryToLine } from './outage-line.mapping.ts';
import { createOutageMetrics } from './outage-metrics.ts';

const organizationId = asId('organization', '01890000-0000-7000-8000-000000000001');
const settlementOf = (reservationId: string, operation: 'commit' | 'release' = 'commit'): OutageReport => ({
  receiptId: `${operation} ${reservationId}`,
  organizationId,
  report: { kind: 'settle', operation, reservationId, quantity: '1' },
});

function scene(lines: readonly string[], settle: (settlement: Settlement) => Promise<void>) {
  const logged: Record<string, unknown>[] = [];
  const registry = new Registry();
  let now = 0;
  const reconciled: string[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const target: CarryOverTarget = {
    ledger: { reserve: () => Promise.reject(new Error('not asked for')) },
    gauges: { apply: () => Promise.reject(new Error('not asked for')) },
    storeUsage: async () => [],
    findCounted: async () => [],
    storeReceipts: async () => undefined,
    settle,
    isAway: () => false,
  };
  const work = {
    files: {
      readLines: async () => [...lines],
      markCarried: async (name: string) => `${name} carried`,
      markReconciled: async (name: string) => void reconciled.push(name),
    },
    target,
    log: pino({ level: 'error' }, { write: (text: string) => void logged.push(JSON.parse(text)) }),
    metrics: createOutageMetrics(registry),
    monotonicMs: () => now,
    early: new Map<string, number>(),
    onCarriedOver: () => undefined,
    afterLook: (then: () => Promise<void>) => void waiting.push(then),
  };
  const refusals = async () =>
    (await registry.getSingleMetric('outage_decisions_refused_total')?.get())?.values[0]?.value;
  const look = async () => {
    for (const then of waiting.splice(0)) await then();
  };
  return { work, logged, reconciled, refusals, look, pass: (ms: number) => (now += ms) };
}

it('a settlement that comes before its reservation is tried again, and told when that never comes', async () => {
  const found = new Set(['known']);
  const { work, logged, reconciled, refusals, look, pass } = scene(
    ['known', 'later', 'never'].map((id) => entryToLine(settlementOf(id))),
    async ({ reservationId }) => {
      if (!found.has(reservationId)) throw notFound('reservation');
    },
  );
  await carrySegmentOver(work, 'one');
  found.add('later');
  pass(60_000);
  await carrySegmentOver(work, 'one');
  expect([reconciled, logged]).toEqual([[], []]);
  pass(600_000);
  await carrySegmentOver(work, 'one');
  // What it moved has not been looked at yet.
  expect(reconciled).toEqual([]);
  await look();
  expect(reconciled).toEqual(['one carried']);
  expect(logged).toMatchObject([{ alert: 'outage_journal', segment: 'one', refused: ['commit never'] }]);
  expect(await refusals()).toBe(1);
  expect(work.early.size).toBe(0);
});

it('a line that nobody can read is told with its segment, and the others count', async () => {
  const settled: string[] = [];
  const { work, logged, reconciled, refusals, look } = scene(
    [entryToLine(settlementOf('a')), '\u0000\u0000', '{"v":99}', entryToLine(settlementOf('b'))],
    async ({ reservationId }) => void settled.push(reservationId),
  );
  await carrySegmentOver(work, 'one');
  expect(settled.sort()).toEqual(['a', 'b']);
  await look();
  expect(reconciled).toEqual(['one carried']);
  expect(logged).toMatchObject([{ alert: 'outage_journal', segment: 'one', unreadable: 2 }]);
  expect(await refusals()).toBe(2);
});

it('works at several reservations at once, and at the entries of one in their order', async () => {
  let atOnce = 0;
  let most = 0;
  const settled: string[] = [];
  const ids = Array.from({ length: 12 }, (_, n) => `r${n}`);
  const { work } = scene(
    ids.flatMap((id) => [settlementOf(id, 'release'), settlementOf(id)]).map(entryToLine),
    async ({ reservationId, operation }) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      settled.push(`${operation} ${reservationId}`);
      atOnce -= 1;
    },
  );
  await carrySegmentOver(work, 'one');
  expect(most).toBe(4);
  for (const id of ids)
    expect(settled.filter((text) => text.endsWith(` ${id}`))).toEqual([`release ${id}`, `commit ${id}`]);
});
