import { addQuantities, compareQuantities } from '@metergate/core/shared/money/quantity';
import type { UsageSeries } from '../app/views.ts';

export interface GroupTotal {
  group: string;
  total: string;
}

/** Exact totals per group of a series, largest first. Points without a group are left out. */
export function totalsByGroup(series: UsageSeries): GroupTotal[] {
  const totals = new Map<string, string>();
  for (const { group, quantity } of series.points) {
    if (group === undefined) continue;
    totals.set(group, addQuantities(totals.get(group) ?? '0', quantity));
  }
  return [...totals]
    .map(([group, total]) => ({ group, total }))
    .sort((left, right) => compareQuantities(right.total, left.total));
}
