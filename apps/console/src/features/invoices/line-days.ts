import { addQuantities } from '@metergate/core/shared/money/quantity';
import type { LineExplanation } from '../../app/views.ts';

export interface DayTotal {
  date: string;
  quantity: string;
}

/** Every calendar day from the first to the last with usage, so that a quiet day is a gap in the bars and no jump. */
export function dayTotals(days: LineExplanation['days']): DayTotal[] {
  const totals = new Map<string, string>();
  for (const { date, quantity } of days) totals.set(date, addQuantities(totals.get(date) ?? '0', quantity));
  const dates = [...totals.keys()].sort();
  const first = dates[0];
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return [];
  return datesBetween(first, last).map((date) => ({ date, quantity: totals.get(date) ?? '0' }));
}

export interface ClientTotal {
  id: string | null;
  name: string;
  quantity: string;
}

/** Largest first; usage without a client is named as such. */
export function clientTotals(days: LineExplanation['days']): ClientTotal[] {
  const totals = new Map<string | null, ClientTotal>();
  for (const { client, quantity } of days) {
    const id = client?.id ?? null;
    const known = totals.get(id) ?? { id, name: client?.name ?? 'Without a client', quantity: '0' };
    totals.set(id, { ...known, quantity: addQuantities(known.quantity, quantity) });
  }
  return [...totals.values()].sort((left, right) => Number(right.quantity) - Number(left.quantity));
}

const dayMs = 86_400_000;
const daysMax = 400;

function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  let at = Date.parse(`${first}T00:00:00Z`);
  const end = Date.parse(`${last}T00:00:00Z`);
  while (at <= end && dates.length < daysMax) {
    dates.push(new Date(at).toISOString().slice(0, 10));
    at += dayMs;
  }
  return dates;
}
