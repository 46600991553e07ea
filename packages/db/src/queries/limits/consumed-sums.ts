import type { ConsumeCommand } from '@metergate/core/limits/limits.ports';
import { addQuantities, compareQuantities } from '@metergate/core/shared/money/quantity';
import { bucketMs } from '@metergate/core/shared/time/usage-bucket';
import { counterDelta } from '@metergate/core/usage/usage-event';
import { type CounterRow, nilClient } from './counter-lookup.ts';
import { canonical } from './decimal-text.ts';

export type Alike = readonly [ConsumeCommand, ...ConsumeCommand[]];

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

/** What the counters show once the batch is committed. */
export function rowsAfter(locked: readonly CounterRow[], granted: readonly ConsumeCommand[]): CounterRow[] {
  const feature = granted[0]?.entry.draft.meter;
  return locked.map((row) =>
    row.feature === feature
      ? { ...row, used: addQuantities(canonical(row.used), addedTo(row, granted)) }
      : row,
  );
}

/** What the batch adds to a counter. */
export function addedTo(row: CounterRow, granted: readonly ConsumeCommand[]): string {
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

/** What the batch adds to one quarter of an hour of one client, or of none (nil). */
export interface BucketSum {
  organizationId: string;
  meter: string;
  clientId: string;
  start: string;
  quantities: string[];
  max: string;
  latest: ConsumeCommand['entry']['draft'];
}

export function bucketSums(granted: readonly ConsumeCommand[]): Map<string, BucketSum> {
  const sums = new Map<string, BucketSum>();
  for (const { entry } of granted) {
    const { organizationId, draft } = entry;
    const clientId = draft.clientId ?? nilClient;
    const at = draft.occurredAt.getTime();
    const start = at - (((at % bucketMs) + bucketMs) % bucketMs);
    const name = `${clientId} ${start}`;
    const sum = sums.get(name);
    if (sum === undefined) {
      const { meter, quantity } = draft;
      sums.set(name, {
        organizationId,
        meter,
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
