import { hash } from 'node:crypto';
import { addQuantities, subtractQuantities } from '@metergate/core/shared/money/quantity';
import type { StoredCorrection, UsageCorrections } from '@metergate/core/usage/usage.ports';
import type pg from 'pg';
import { canonical } from '../limits/decimal-text.ts';
import { inIngestTransaction } from './ingest-transaction.ts';

interface OriginalRow {
  kind: string;
  quantity: string;
  meter: string;
  occurred_at: Date;
}

interface CorrectionRow {
  id: string;
  kind: 'void' | 'amend';
  quantity: string;
}

/**
 * Corrections are events too: same meter, instant and client, with the difference as quantity, so every sum over
 * events or roll-ups stays right without knowing them.
 */
export function createUsageCorrections(
  pool: pg.Pool,
  aggregationOf: (meter: string) => string | undefined,
): UsageCorrections {
  return {
    correct: (organizationId, correction) =>
      inIngestTransaction(pool, { organizationIds: [organizationId], counterLock: 'shared' }, (client) =>
        correct(client, organizationId, { ...correction, aggregationOf }),
      ),
  };
}

async function correct(
  client: pg.ClientBase,
  organizationId: string,
  request: {
    eventId: string;
    target: string | null;
    at: Date;
    aggregationOf: (meter: string) => string | undefined;
  },
): Promise<StoredCorrection | 'not_found' | 'voided'> {
  const { eventId, target, at } = request;
  await lockEvent(client, organizationId, eventId);
  const original = await findOriginal(client, organizationId, eventId);
  if (original === undefined) return 'not_found';
  const earlier = await findCorrections(client, organizationId, eventId);
  const before = addQuantities(canonical(original.quantity), ...earlier.map(({ quantity }) => quantity));
  const last = earlier.at(-1);
  if (last?.kind === 'void') {
    return target === null ? { ...last, before, isNew: false } : 'voided';
  }
  if (last !== undefined && target === before) return { ...last, before, isNew: false };
  const kind = target === null ? 'void' : 'amend';
  const quantity = subtractQuantities(target ?? '0', before);
  const id = `${kind}-${earlier.length + 1}-${hash('sha256', eventId, 'hex').slice(0, 40)}`;
  const isCounted = request.aggregationOf(original.meter) === 'count';
  const counterDelta = isCounted ? (kind === 'void' ? '-1' : '0') : quantity;
  await client.query({
    name: 'correct_usage',
    text: statement,
    values: [
      organizationId,
      eventId,
      id,
      hash('sha256', `${id} ${quantity}`, 'hex'),
      kind,
      quantity,
      at.toISOString(),
      counterDelta,
    ],
  });
  return { id, kind, quantity, before, isNew: true };
}

/** The events are append-only and cannot be locked as rows by this role, so the id itself is. */
async function lockEvent(client: pg.ClientBase, organizationId: string, eventId: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [
    `${organizationId} ${eventId}`,
  ]);
}

async function findOriginal(
  client: pg.ClientBase,
  organizationId: string,
  eventId: string,
): Promise<OriginalRow | undefined> {
  const { rows } = await client.query<OriginalRow>(
    `select kind, quantity, meter, occurred_at from usage_events
      where organization_id = $1 and id = $2 and kind = 'usage'`,
    [organizationId, eventId],
  );
  return rows[0];
}

async function findCorrections(
  client: pg.ClientBase,
  organizationId: string,
  eventId: string,
): Promise<CorrectionRow[]> {
  const { rows } = await client.query<CorrectionRow>(
    `select correction.id, correction.kind, correction.quantity
       from usage_events original
       join usage_events correction on correction.organization_id = original.organization_id
        and correction.meter = original.meter and correction.occurred_at = original.occurred_at
        and correction.adjusts_event_id = original.id
      where original.organization_id = $1 and original.id = $2
      order by correction.recorded_at, correction.id`,
    [organizationId, eventId],
  );
  return rows.map((row) => ({ ...row, quantity: canonical(row.quantity) }));
}

// Events, then counters, then buckets, as everywhere.
const statement = `
with corrected as (
  insert into usage_events (organization_id, id, payload_hash, kind, adjusts_event_id, meter, quantity, occurred_at,
                            recorded_at, client_id, subject, properties, source)
  select organization_id, $3, decode($4, 'hex'), $5, id, meter, $6::numeric, occurred_at, $7::timestamptz, client_id,
         subject, null, 'api'
    from usage_events where organization_id = $1 and id = $2
  returning organization_id, meter, occurred_at, client_id
),
locked as (
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start
    from corrected join limit_counters counter
      on counter.organization_id = corrected.organization_id and counter.feature = corrected.meter
     and counter.window_start <= corrected.occurred_at and corrected.occurred_at < counter.window_end
   order by counter.window_start for update of counter
),
counted as (
  update limit_counters set used = greatest(used + $8::numeric, 0), updated_at = $7::timestamptz from locked
   where limit_counters.organization_id = locked.organization_id and limit_counters.feature = locked.feature
     and limit_counters.client_id = locked.client_id and limit_counters.window_start = locked.window_start
  returning 1
)
update usage_buckets bucket
   set quantity = bucket.quantity + $6::numeric,
       event_count = bucket.event_count - case when $5 = 'void' then 1 else 0 end
  from corrected, (select count(*) from counted) as counters_first
 where bucket.organization_id = corrected.organization_id and bucket.meter = corrected.meter
   and bucket.client_id = coalesce(corrected.client_id, '00000000-0000-0000-0000-000000000000')
   and bucket.bucket_start = date_bin('15 minutes', corrected.occurred_at, '2000-01-01T00:00:00Z')`;
