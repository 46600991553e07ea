import type { ConsumeCommand } from '@metergate/core/limits/limits.ports';
import { addQuantities } from '@metergate/core/shared/money/quantity';
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
