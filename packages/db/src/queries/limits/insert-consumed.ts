import type { ConsumeCommand } from '@metergate/core/limits/limits.ports';
import { addQuantities, compareQuantities } from '@metergate/core/shared/money/quantity';
import { bucketMs } from '@metergate/core/shared/time/usage-bucket';
import { counterDelta } from '@metergate/core/usage/usage-event';
import { plainArray, textArray } from '../array-literal.ts';
import type { Statement } from '../ingest/one-message.ts';
import { toUsageRow, type UsageRow } from '../ingest/usage-row.ts';
import { type CounterRow, nilClient } from './counter-lookup.ts';
import { canonical } from './decimal-text.ts';
import { idTaken } from './refuse-unless.ts';

/**
 * Writes what one batch of consumes has granted: events, then counters, then buckets, in the order of all writers.
 * One organization, one feature and locked counters: what is added to each row is summed here, where the general
 * statement has to find it out for every event. Ends the transaction when an event is not new, because the sums hold
 * them all. Fails with `idTaken`.
 */
export function insertConsumed(granted: Alike, locked: readonly CounterRow[]): Statement {
  const [{ entry, terms }] = granted;
  const rows = granted.map((command) => toUsageRow(command.entry));
  const counters = locked.filter(({ feature }) => feature === entry.draft.meter);
  return {
    name: 'insert_consumed',
    text: statement,
    values: [
      entry.organizationId,
      entry.draft.meter,
      entry.source,
      terms.at.toISOString(),
      ...eventColumns(rows),
      ...counterColumns(counters, granted),
      ...bucketColumns(granted),
      String(granted.length),
    ],
  };
}

type Alike = readonly [ConsumeCommand, ...ConsumeCommand[]];

/** Whether the statement for one feature fits. Other properties and sources come from other paths than a consume. */
export function areAlike(granted: readonly ConsumeCommand[]): granted is Alike {
  const first = granted[0]?.entry;
  return (
    first !== undefined &&
    granted.every(
      ({ entry }) =>
        entry.draft.properties === null &&
        entry.draft.meter === first.draft.meter &&
        entry.source === first.source,
    )
  );
}

function eventColumns(rows: readonly UsageRow[]): string[] {
  return [
    textArray(rows.map(({ id }) => id)),
    plainArray(rows.map(({ payloadHash }) => payloadHash)),
    plainArray(rows.map(({ quantity }) => quantity)),
    plainArray(rows.map(({ occurredAt }) => occurredAt)),
    textArray(rows.map(({ clientId }) => clientId)),
    textArray(rows.map(({ subject }) => subject)),
  ];
}

function counterColumns(counters: readonly CounterRow[], granted: readonly ConsumeCommand[]): string[] {
  return [
    plainArray(counters.map((row) => row.client_id)),
    plainArray(counters.map((row) => row.window_start.toISOString())),
    plainArray(counters.map((row) => row.window_end.toISOString())),
    plainArray(counters.map((row) => addedTo(row, granted))),
  ];
}

/** What the counters show once the batch is committed. */
export function rowsAfter(locked: readonly CounterRow[], granted: readonly ConsumeCommand[]): CounterRow[] {
  const feature = granted[0]?.entry.draft.meter;
  return locked.map((row) =>
    row.feature === feature
      ? { ...row, used: addQuantities(canonical(row.used), addedTo(row, granted)) }
      : row,
  );
}

function addedTo(row: CounterRow, granted: readonly ConsumeCommand[]): string {
  return addQuantities(...granted.filter(countedBy(row)).map(deltaOf));
}

/** The same rule by which the general statement finds the counters of an event. */
function countedBy({ client_id, window_start, window_end }: CounterRow) {
  return ({ entry: { draft } }: ConsumeCommand) =>
    (client_id === nilClient || client_id === draft.clientId) &&
    window_start <= draft.occurredAt &&
    draft.occurredAt < window_end;
}

function deltaOf({ entry }: ConsumeCommand): string {
  return counterDelta(entry.aggregation, entry.draft.quantity) ?? '0';
}

interface BucketSum {
  clientId: string;
  start: string;
  quantities: string[];
  max: string;
  latest: ConsumeCommand['entry']['draft'];
}

function bucketColumns(granted: readonly ConsumeCommand[]): string[] {
  const sums = [...bucketSums(granted).values()];
  return [
    plainArray(sums.map(({ clientId }) => clientId)),
    plainArray(sums.map(({ start }) => start)),
    plainArray(sums.map(({ quantities }) => addQuantities(...quantities))),
    plainArray(sums.map(({ quantities }) => String(quantities.length))),
    plainArray(sums.map(({ max }) => max)),
    plainArray(sums.map(({ latest }) => latest.quantity)),
    plainArray(sums.map(({ latest }) => latest.occurredAt.toISOString())),
  ];
}

function bucketSums(granted: readonly ConsumeCommand[]): Map<string, BucketSum> {
  const sums = new Map<string, BucketSum>();
  for (const { entry } of granted) {
    const { draft } = entry;
    const clientId = draft.clientId ?? nilClient;
    const at = draft.occurredAt.getTime();
    const start = at - (((at % bucketMs) + bucketMs) % bucketMs);
    const name = `${clientId} ${start}`;
    const sum = sums.get(name);
    if (sum === undefined) {
      const { quantity } = draft;
      sums.set(name, {
        clientId,
        start: new Date(start).toISOString(),
        quantities: [quantity],
        max: quantity,
        latest: draft,
      });
      continue;
    }
    sum.quantities.push(draft.quantity);
    if (compareQuantities(draft.quantity, sum.max) > 0) sum.max = draft.quantity;
    if (isLater(draft, sum.latest)) sum.latest = draft;
  }
  return sums;
}

/** At the same instant the larger one counts, as it does wherever buckets are added to or rebuilt. */
function isLater(one: BucketSum['latest'], other: BucketSum['latest']): boolean {
  const difference = one.occurredAt.getTime() - other.occurredAt.getTime();
  return difference === 0 ? compareQuantities(one.quantity, other.quantity) > 0 : difference > 0;
}

// $1 organization, $2 meter, $3 source, $4 recorded at. The counters are there and locked by us: `on conflict` is the way
// to find each by its whole key that no planner turns into reading all of them.
const statement = `
with inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, source)
  select $1, id, decode(payload_hash, 'hex'), 'usage', $2, quantity, occurred_at, $4, client_id, subject, $3
    from unnest($5::text[], $6::text[], $7::numeric[], $8::timestamptz[], $9::uuid[], $10::text[])
      as given (id, payload_hash, quantity, occurred_at, client_id, subject)
   where (select true from retired_usage_events retired
           where retired.organization_id = $1 and retired.id = given.id limit 1) is null
   order by id
  on conflict (organization_id, id) do nothing
  returning 1
),
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select $1, $2, client_id, window_start, window_end, quantity, $4
    from unnest($11::uuid[], $12::timestamptz[], $13::timestamptz[], $14::numeric[])
           as added (client_id, window_start, window_end, quantity),
         (select count(*) from inserted) as events_first
  on conflict (organization_id, feature, client_id, window_start, window_end)
    do update set used = limit_counters.used + excluded.used, updated_at = excluded.updated_at
  returning 1
),
bucketed as (
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select $1, $2, client_id, bucket_start, quantity, event_count, max_quantity, latest_quantity, latest_at
    from unnest($15::uuid[], $16::timestamptz[], $17::numeric[], $18::int[], $19::numeric[], $20::numeric[],
                $21::timestamptz[])
           as added (client_id, bucket_start, quantity, event_count, max_quantity, latest_quantity, latest_at),
         (select count(*) from counted) as counters_first
   order by client_id, bucket_start
  on conflict (organization_id, meter, client_id, bucket_start) do update set
    quantity = usage_buckets.quantity + excluded.quantity,
    event_count = usage_buckets.event_count + excluded.event_count,
    max_quantity = greatest(usage_buckets.max_quantity, excluded.max_quantity),
    latest_quantity = case when usage_buckets.latest_at is null or excluded.latest_at > usage_buckets.latest_at
                           then excluded.latest_quantity
                           when excluded.latest_at = usage_buckets.latest_at
                           then greatest(excluded.latest_quantity, usage_buckets.latest_quantity)
                           else usage_buckets.latest_quantity end,
    latest_at = greatest(usage_buckets.latest_at, excluded.latest_at)
)
select refuse_unless(count(*) = $22::int, '${idTaken}') from inserted`;
