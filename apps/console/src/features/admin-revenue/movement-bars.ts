import type { Revenue } from '../../app/views.ts';

export type Month = Revenue['currencies'][number]['months'][number];

export const movements = [
  { key: 'newMinor', label: 'New' },
  { key: 'expansionMinor', label: 'Expansion' },
  { key: 'reactivationMinor', label: 'Reactivation' },
  { key: 'contractionMinor', label: 'Contraction' },
  { key: 'churnMinor', label: 'Churn' },
] as const;
export type MovementKey = (typeof movements)[number]['key'];

export interface StackedBar {
  key: MovementKey;
  /** Percent of the drawing's height, from its top. */
  top: number;
  height: number;
}

export interface MonthBars {
  month: Month;
  bars: StackedBar[];
}

/** Gains stacked above the zero line, losses below, all months at one scale. */
export function movementBars(months: readonly Month[]): { zero: number; months: MonthBars[] } {
  const gain = Math.max(...months.map((month) => total(month, 1)), 0);
  const loss = Math.max(...months.map((month) => total(month, -1)), 0);
  const span = gain + loss || 1;
  const share = (value: number) => (value / span) * wholePercent;
  const zero = share(gain);
  return {
    zero,
    months: months.map((month) => {
      let above = zero;
      let below = zero;
      const bars = movements.flatMap(({ key }): StackedBar[] => {
        const value = Number(month[key]);
        const height = share(Math.abs(value));
        if (height === 0) return [];
        if (value > 0) above -= height;
        const top = value > 0 ? above : below;
        if (value < 0) below += height;
        return [{ key, top, height }];
      });
      return { month, bars };
    }),
  };
}

const wholePercent = 100;

function total(month: Month, sign: 1 | -1): number {
  const values = movements.map(({ key }) => Number(month[key]) * sign).filter((value) => value > 0);
  return values.reduce((sum, value) => sum + value, 0);
}

export function netMinor(month: Month): string {
  return movements.reduce((sum, { key }) => sum + BigInt(month[key]), 0n).toString();
}

const shownAtLeast = 3;

/** Months before the first paid plan say nothing. */
export function withoutQuietBeginning(months: readonly Month[]): Month[] {
  const first = months.findIndex(
    (month) => month.endMinor !== '0' || movements.some(({ key }) => month[key] !== '0'),
  );
  const from = first === -1 ? months.length : first;
  return months.slice(Math.max(0, Math.min(from, months.length - shownAtLeast)));
}
