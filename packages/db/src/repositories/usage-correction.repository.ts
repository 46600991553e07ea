import { hash } from 'node:crypto';
import { addQuantities, subtractQuantities } from '@metergate/core/shared/money/quantity';
import type { UsageCorrection, UsageCorrections } from '@metergate/core/usage/usage.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { counterLock } from '../queries/ingest/counter-lock.ts';
import { takeValueBack } from '../queries/limits/count-values.ts';
import { canonical } from '../queries/limits/decimal-text.ts';
import { readings } from '../queries/usage/readings.ts';

interface OriginalRow {
  quantity: string;
  meter: string;
}

interface CorrectionRow {
  id: string;
  kind: 'void' | 'amend';
  quantity: string;
}

/**
 * Corrections are events too: same meter, instant and client, with the difference as quantity, so every sum over
 * events or roll-ups stays right without knowing them. They belong to the transaction of their audit row.
 */
export function createUsageCorrectionRepository(tx: PrismaTransaction): UsageCorrections {
  return {
    async correct(organizationId, correction) {
      await lock(tx, organizationId, correction.eventId);
      const original = await findOriginal(tx, organizationId, correction.eventId);
      if (original === undefined) {
        return (await isRetired(tx, organizationId, correction.eventId)) ? 'retired' : 'not_found';
      }
      const earlier = await findCorrections(tx, organizationId, correction.eventId);
      const { meter } = original;
      const before = addQuantities(original.quantity, ...earlier.map(({ quantity }) => quantity));
      const last = earlier.at(-1);
      if (last?.kind === 'void') {
        return correction.target === null ? { ...last, meter, before, isNew: false } : 'voided';
      }
      if (last !== undefined && correction.target === before) return { ...last, meter, before, isNew: false };
      const row = await correctionOf(tx, { organizationId, correction, before, count: earlier.length });
      await append(tx, { organizationId, correction, meter, row });
      return { ...row, meter, before, isNew: true };
    },
  };
}

async function correctionOf(
  tx: PrismaTransaction,
  change: { organizationId: string; correction: UsageCorrection; before: string; count: number },
): Promise<CorrectionRow> {
  const { eventId, target } = change.correction;
  const kind = target === null ? 'void' : 'amend';
  const quantity = subtractQuantities(target ?? '0', change.before);
  const suffix = hash('sha256', eventId, 'hex').slice(0, 40);
  for (let number = change.count + 1; ; number += 1) {
    const id = `${kind}-${number}-${suffix}`;
    // Ids are the senders' to choose, also this one.
    if (!(await isTaken(tx, change.organizationId, id))) return { kind, quantity, id };
  }
}

async function isTaken(tx: PrismaTransaction, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from usage_events where organization_id = ${organizationId}::uuid and id = ${id}`;
  return rows.length > 0 || (await isRetired(tx, organizationId, id));
}

/** Events are append-only and cannot be locked as rows, so the id itself is; the totals like by everybody who adds. */
async function lock(tx: PrismaTransaction, organizationId: string, eventId: string): Promise<void> {
  const { lockClass, partition } = counterLock(organizationId);
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${lockClass}::int, ${partition}::int)`;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${organizationId} ${eventId}`}, 1))`;
}

async function findOriginal(
  tx: PrismaTransaction,
  organizationId: string,
  eventId: string,
): Promise<OriginalRow | undefined> {
  const rows = await tx.$queryRaw<OriginalRow[]>`
    select quantity::text as quantity, meter from usage_events
     where organization_id = ${organizationId}::uuid and id = ${eventId} and kind = 'usage'`;
  return rows.map((row) => ({ ...row, quantity: canonical(row.quantity) }))[0];
}

async function isRetired(tx: PrismaTransaction, organizationId: string, eventId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from retired_usage_events where organization_id = ${organizationId}::uuid and id = ${eventId}`;
  return rows.length > 0;
}

async function findCorrections(
  tx: PrismaTransaction,
  organizationId: string,
  eventId: string,
): Promise<CorrectionRow[]> {
  const rows = await tx.$queryRaw<CorrectionRow[]>`
    select correction.id, correction.kind, correction.quantity::text as quantity
      from usage_events original
      join usage_events correction on correction.organization_id = original.organization_id
       and correction.meter = original.meter and correction.occurred_at = original.occurred_at
       and correction.adjusts_event_id = original.id
     where original.organization_id = ${organizationId}::uuid and original.id = ${eventId}
     order by correction.recorded_at, correction.id`;
  return rows.map((row) => ({ ...row, quantity: canonical(row.quantity) }));
}

async function append(
  tx: PrismaTransaction,
  change: { organizationId: string; correction: UsageCorrection; meter: string; row: CorrectionRow },
): Promise<void> {
  const { organizationId, correction, meter, row } = change;
  await tx.$executeRawUnsafe(
    statement,
    organizationId,
    correction.eventId,
    row.id,
    hash('sha256', `${row.id} ${row.quantity}`, 'hex'),
    row.kind,
    row.quantity,
    correction.at.toISOString(),
    counterDeltaOf(row, correction.aggregationOf(meter)),
  );
  if (row.kind === 'void' && correction.aggregationOf(meter) === 'unique_count') {
    await tx.$executeRawUnsafe(
      takeValueBack,
      organizationId,
      correction.eventId,
      correction.at.toISOString(),
    );
  }
  await tx.$executeRawUnsafe(readingStatement, organizationId, correction.eventId);
}

/** What the correction adds to counters; those of other meters are read and not counted. */
function counterDeltaOf({ kind, quantity }: CorrectionRow, aggregation = 'sum'): string {
  if (aggregation === 'sum') return quantity;
  return aggregation === 'count' && kind === 'void' ? '-1' : '0';
}

// Events, then counters, then buckets, as everywhere.
const statement = `
with corrected as (
  insert into usage_events (organization_id, id, payload_hash, kind, adjusts_event_id, meter, quantity, occurred_at,
                            recorded_at, client_id, subject, properties, source)
  select organization_id, $3::text, decode($4::text, 'hex'), $5::text, id, meter, $6::numeric, occurred_at, $7::timestamptz, client_id,
         subject, null, 'api'
    from usage_events where organization_id = $1::uuid and id = $2
  returning organization_id, meter, occurred_at, client_id
),
locked as (
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end
    from corrected join limit_counters counter
      on counter.organization_id = corrected.organization_id and counter.feature = corrected.meter
     and counter.client_id in ('00000000-0000-0000-0000-000000000000', corrected.client_id)
     and counter.window_start <= corrected.occurred_at and corrected.occurred_at < counter.window_end
   order by counter.client_id, counter.window_start, counter.window_end for update of counter
),
counted as (
  update limit_counters set used = greatest(used + $8::numeric, 0), updated_at = $7::timestamptz from locked
   where limit_counters.organization_id = locked.organization_id and limit_counters.feature = locked.feature
     and limit_counters.client_id = locked.client_id and limit_counters.window_start = locked.window_start
     and limit_counters.window_end = locked.window_end
  returning 1
)
update usage_buckets bucket
   set quantity = bucket.quantity + $6::numeric,
       event_count = bucket.event_count - case when $5::text = 'void' then 1 else 0 end
  from corrected, (select count(*) from counted) as counters_first
 where bucket.organization_id = corrected.organization_id and bucket.meter = corrected.meter
   and bucket.client_id = coalesce(corrected.client_id, '00000000-0000-0000-0000-000000000000')
   and bucket.bucket_start = date_bin('15 minutes', corrected.occurred_at, '2000-01-01T00:00:00Z')`;

// The largest and the latest of the bucket anew. A statement of its own: it sees the correction, and the bucket is
// locked by the one before, so whoever adds to it waits. Of what was retired only the bucket knows.
const readingStatement = `
update usage_buckets bucket
   set max_quantity = greatest(said.largest, case when bucket.retired_count > 0 then bucket.max_quantity end, 0),
       latest_quantity = case when said.at is null and bucket.retired_count > 0 then bucket.latest_quantity else said.latest end,
       latest_at = case when said.at is null and bucket.retired_count > 0 then bucket.latest_at else said.at end
  from (
    select organization_id, meter, coalesce(client_id, '00000000-0000-0000-0000-000000000000') as client_id,
           date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') as bucket_start
      from usage_events where organization_id = $1::uuid and id = $2
  ) as touched
  cross join lateral (
    select max(reading.quantity) as largest, max(reading.occurred_at) as at,
           (array_agg(reading.quantity order by reading.occurred_at desc, reading.quantity desc))[1] as latest
      from (${readings(['$1::uuid', 'touched.meter', 'touched.bucket_start', `touched.bucket_start + interval '15 minutes'`])}) reading
     where coalesce(reading.client_id, '00000000-0000-0000-0000-000000000000') = touched.client_id
  ) as said
 where bucket.organization_id = touched.organization_id and bucket.meter = touched.meter
   and bucket.client_id = touched.client_id and bucket.bucket_start = touched.bucket_start`;
