import { randomUUID } from 'node:crypto';
import { asId, type OrganizationId } from '@metergate/core';
import { addQuantities } from '@metergate/core/shared/money/quantity';
import type { Period } from '@metergate/core/shared/time/period';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnitOfWork } from '../../index.ts';
import { storeUsageEvents, toUsageRow } from '../metering.ts';
import { usagePart } from './usage-parts.ts';
import { createUsageReader } from './usage-reader.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstDay = Date.parse('2027-03-01T00:00:00Z');

/** Numbers that look random and are the same in every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('the parts of a total', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(async () => {
    await db.dispose();
  });

  /** Three days of events, recorded minutes to days later, a fifth of them amended or taken back once or twice. */
  async function fill(
    aggregation: MeterAggregation,
    below: (max: number) => number,
  ): Promise<OrganizationId> {
    const organizationId = asId('organization', randomUUID());
    await db.owner.query(
      `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'T', 'a@example.com', 'USD')`,
      [organizationId, `o-${organizationId}`],
    );
    const ids: string[] = [];
    for (let batch = 0; batch < 12; batch += 1) {
      const recordedAt = new Date(firstDay + below(5 * 24 * 60) * 60_000);
      const rows = Array.from({ length: 20 }, (_, n) => {
        const occurredAt = new Date(Math.min(firstDay + below(3 * dayMs), recordedAt.getTime()));
        const id = `${batch}-${n}`;
        ids.push(id);
        const draft = { id, meter: 'call', quantity: `${below(5)}.${below(9) + 1}`, occurredAt };
        return toUsageRow({
          ...{ organizationId, aggregation, source: 'api' },
          draft: { ...draft, clientId: null, subject: null, properties: null },
        });
      });
      await storeUsageEvents({ pool: db.database.ingest, recordedAt }, rows);
    }
    for (let n = 0; n < 40; n += 1)
      await correct(organizationId, { id: ids[below(ids.length)] ?? '', aggregation, below });
    return organizationId;
  }

  async function correct(
    organizationId: OrganizationId,
    { id, aggregation, below }: { id: string; aggregation: MeterAggregation; below: (max: number) => number },
  ): Promise<void> {
    const at = new Date(firstDay + 6 * dayMs);
    const unitOfWork = createUnitOfWork(db.database.prisma.app, {
      clock: { now: () => at },
      ids: { next: randomUUID },
    });
    const target = below(2) === 0 ? null : `${below(7)}`;
    await unitOfWork.run(organizationId, ({ usageCorrections }) =>
      usageCorrections.correct(organizationId, { eventId: id, target, at, aggregationOf: () => aggregation }),
    );
  }

  /** What the single events say. */
  async function fromEvents(
    organizationId: OrganizationId,
    period: Period,
    lateFrom: Date,
  ): Promise<string[]> {
    const { rows } = await db.owner.query(
      `select ${usagePart('$4::timestamptz')} as part, count(*)::int as count, trim_scale(sum(quantity))::text as quantity
         from usage_events where organization_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1 order by 1`,
      [organizationId, period.start.toISOString(), period.end.toISOString(), lateFrom.toISOString()],
    );
    return rows.map(({ part, count, quantity }) => `${part} ${count} ${quantity}`);
  }

  it.each([
    ['sum', 1],
    ['count', 2],
    ['max', 3],
    ['latest', 4],
    ['unique_count', 5],
  ] as const)('of a %s meter are what its single events say, of any span', async (aggregation, seed) => {
    const below = numbersFrom(seed);
    const organizationId = await fill(aggregation, below);
    const reader = createUsageReader({ app: db.database.app, ingest: db.database.ingest });
    const seen = new Set<string>();
    for (let n = 0; n < 24; n += 1) {
      // Whole quarters of an hour, ragged ends, spans within one quarter, and days.
      const unit = [dayMs, 15 * 60_000, 1][n % 3] ?? 1;
      const start = firstDay + below((3 * dayMs) / unit) * unit;
      const end = start + (1 + below((n % 5 === 0 ? 10 * 60_000 : 2 * dayMs) / unit)) * unit;
      const period = { start: new Date(start), end: new Date(end) };
      const lateFrom = new Date(end + hourMs);
      const span = { organizationId, meter: 'call', aggregation };
      const { parts } = await reader.parts(span, { period, lateFrom });
      const found = parts.map(({ part, count, quantity }) => `${part} ${count} ${quantity}`);
      expect(found, JSON.stringify(period)).toEqual(await fromEvents(organizationId, period, lateFrom));
      for (const { part } of parts) seen.add(part);
    }
    expect([...seen].sort()).toEqual(['amended', 'late', 'reported', 'voided']);
  });

  it('leave out what is no longer kept event by event, and name its sum', async () => {
    const organizationId = await fill('sum', numbersFrom(6));
    const reader = createUsageReader({ app: db.database.app, ingest: db.database.ingest });
    const period = { start: new Date(firstDay), end: new Date(firstDay + 3 * dayMs) };
    const lateFrom = new Date(period.end.getTime() + hourMs);
    const span = { organizationId, meter: 'call', aggregation: 'sum' } as const;
    const before = await reader.parts(span, { period, lateFrom });
    const client = await db.database.app.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('app.organization_id', $1, true)`, [organizationId]);
      const cut = new Date(firstDay + dayMs).toISOString();
      await client.query(`select * from retire_usage('call', $1, '-infinity', 1000)`, [cut]);
      await client.query('commit');
    } finally {
      client.release();
    }
    const after = await reader.parts(span, { period, lateFrom });
    expect(after.total).toBe(before.total);
    const retired = after.parts.find(({ part }) => part === 'retired');
    expect(retired?.count).toBeGreaterThan(0);
    // The sums of late and corrected usage went with their events, where something is left nothing is missing.
    const { rows: left } = await db.owner.query(
      `select coalesce(sum(event_count), 0)::int as sums, (select count(*)::int from usage_events
         where organization_id = $1 and (kind <> 'usage' or recorded_at - occurred_at >= interval '1 hour')) as events,
         min(event_count)::int as least from usage_part_sums where organization_id = $1`,
      [organizationId],
    );
    expect(left[0].sums).toBe(left[0].events);
    expect(left[0].least).toBeGreaterThan(0);
    const kept = after.parts.filter(({ part }) => part !== 'retired');
    expect(kept.map(({ part, count, quantity }) => `${part} ${count} ${quantity}`)).toEqual(
      await fromEvents(organizationId, period, lateFrom),
    );
    expect(addQuantities(...after.parts.map(({ quantity }) => quantity))).toBe(after.total);
  });
});
