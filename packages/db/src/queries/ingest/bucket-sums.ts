import { addQuantities, compareQuantities } from '@metergate/core/shared/money/quantity';
import { bucketMs } from '@metergate/core/shared/time/usage-bucket';
import { plainArray, textArray } from '../array-literal.ts';
import { nilClient } from '../limits/counter-lookup.ts';
import type { UsageRow } from './usage-row.ts';

/** What a batch adds to one quarter of an hour of one meter of one client, or of none (nil). */
export interface BucketSum {
  /** The first of its events in the batch. */
  row: UsageRow;
  clientId: string;
  startMs: number;
  quantities: string[];
  max: string;
  firstMs: number;
  latestMs: number;
  latestQuantity: string;
}

/** For events that are all new: what an answer of the database would leave out is in here as well. */
export function bucketSums(rows: readonly UsageRow[]): BucketSum[] {
  const sums = new Map<string, BucketSum>();
  let last: BucketSum | undefined;
  for (const row of rows) {
    const at = Date.parse(row.occurredAt);
    const startMs = at - (((at % bucketMs) + bucketMs) % bucketMs);
    // Events that arrive together mostly lie together.
    const sum = last !== undefined && isIn(last, row, startMs) ? last : sums.get(nameOf(row, startMs));
    if (sum === undefined) {
      last = begun(row, { at, startMs });
      sums.set(nameOf(row, startMs), last);
      continue;
    }
    add(sum, row.quantity, at);
    last = sum;
  }
  return [...sums.values()];
}

function isIn(sum: BucketSum, { organizationId, meter, clientId }: UsageRow, startMs: number): boolean {
  const { row } = sum;
  return (
    sum.startMs === startMs &&
    row.meter === meter &&
    row.organizationId === organizationId &&
    row.clientId === clientId
  );
}

function nameOf({ organizationId, meter, clientId }: UsageRow, startMs: number): string {
  return `${organizationId} ${clientId} ${startMs} ${meter}`;
}

function begun(row: UsageRow, { at, startMs }: { at: number; startMs: number }): BucketSum {
  const { quantity } = row;
  return {
    row,
    clientId: row.clientId ?? nilClient,
    startMs,
    quantities: [quantity],
    max: quantity,
    firstMs: at,
    latestMs: at,
    latestQuantity: quantity,
  };
}

/** At the same instant the larger one is the latest, as it is wherever buckets are added to or rebuilt. */
function add(sum: BucketSum, quantity: string, at: number): void {
  sum.quantities.push(quantity);
  if (compareQuantities(quantity, sum.max) > 0) sum.max = quantity;
  if (at < sum.firstMs) sum.firstMs = at;
  const isLatest =
    at > sum.latestMs || (at === sum.latestMs && compareQuantities(quantity, sum.latestQuantity) > 0);
  if (!isLatest) return;
  sum.latestMs = at;
  sum.latestQuantity = quantity;
}

/** Nine parameters, in the order of the columns of `usage_buckets`. */
export function bucketColumns(sums: readonly BucketSum[]): string[] {
  return [
    plainArray(sums.map(({ row }) => row.organizationId)),
    textArray(sums.map(({ row }) => row.meter)),
    plainArray(sums.map(({ clientId }) => clientId)),
    plainArray(sums.map(({ startMs }) => new Date(startMs).toISOString())),
    plainArray(sums.map(({ quantities }) => addQuantities(...quantities))),
    plainArray(sums.map(({ quantities }) => String(quantities.length))),
    plainArray(sums.map(({ max }) => max)),
    plainArray(sums.map(({ latestQuantity }) => latestQuantity)),
    plainArray(sums.map(({ latestMs }) => new Date(latestMs).toISOString())),
  ];
}
