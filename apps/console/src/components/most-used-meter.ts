import type { MeterSummary } from '../app/views.ts';
import { shareOf } from './quantity-text.ts';

type Measured = Pick<MeterSummary, 'meter' | 'used' | 'included'>;

/** The meter worth looking at first: the fullest one; without any limit, the one with the highest figure. */
export function mostUsedMeter<M extends Measured>(meters: readonly M[]): M | undefined {
  return [...meters].sort(
    (left, right) => share(right) - share(left) || Number(right.used) - Number(left.used),
  )[0];
}

function share({ used, included }: Measured): number {
  return Number(shareOf(used, included) ?? 0);
}
