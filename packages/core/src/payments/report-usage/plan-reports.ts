import {
  addQuantities,
  compareQuantities,
  type Quantity,
  subtractQuantities,
} from '../../shared/money/quantity.ts';
import { contains, type Period, period } from '../../shared/time/period.ts';
import { hourWindow } from '../../shared/time/usage-bucket.ts';
import type { UsageReportRecord } from './report-usage.ports.ts';

/**
 * The hours of a billing period that are over, in order and without gaps. An hour in which the period begins or ends
 * is cut there, so that no quantity is told for the neighbouring period.
 */
export function closedHours(billed: Period, now: Date): Period[] {
  const hours: Period[] = [];
  let start = billed.start;
  while (start < billed.end) {
    const hour = hourWindow(start);
    const end = contains(hour, billed.end) ? billed.end : hour.end;
    if (end > now) return hours;
    hours.push(period(start, end));
    start = end;
  }
  return hours;
}

export interface PlannedReport {
  hour: Period;
  quantity: Quantity;
  status: 'pending' | 'withheld';
  /** Number of the report within its hour, from 1. */
  sequence: number;
}

/**
 * What is still to be told: per hour the difference between what was used and what was told before. An hour that
 * shrank is written down once as withheld; told again is nothing. What was replaced counts as never told.
 */
export function planReports(
  hours: readonly Period[],
  totals: readonly Quantity[],
  earlier: readonly Pick<UsageReportRecord, 'hour' | 'quantity' | 'status'>[],
): PlannedReport[] {
  const byStart = Map.groupBy(earlier, ({ hour }) => hour.start.getTime());
  return hours.flatMap((hour, index): PlannedReport[] => {
    const known = byStart.get(hour.start.getTime()) ?? [];
    const told = known.filter(isTold).map(({ quantity }) => quantity);
    const quantity = subtractQuantities(totals[index] ?? '0', addQuantities(...told));
    const sign = compareQuantities(quantity, '0');
    if (sign === 0) return [];
    const sequence = known.length + 1;
    if (sign > 0) return [{ hour, quantity, status: 'pending', sequence }];
    const last = known.at(-1);
    const isKnown = last?.status === 'withheld' && compareQuantities(last.quantity, quantity) === 0;
    return isKnown ? [] : [{ hour, quantity, status: 'withheld', sequence }];
  });
}

function isTold({ status }: Pick<UsageReportRecord, 'status'>): boolean {
  return status !== 'withheld' && status !== 'replaced';
}
