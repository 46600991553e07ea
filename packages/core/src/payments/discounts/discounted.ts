import { multiply, rational, roundHalfAwayFromZero } from '../../shared/money/rational.ts';
import type { Discount } from '../../subscriptions/subscriptions.schemas.ts';

/**
 * What lines come to on an invoice at that time: percentages off each line in turn, rounded once per line, then
 * amounts off the whole, never below nothing. A coupon for one invoice may be used up by then and is left out.
 */
export function discountedMinor(
  lines: readonly bigint[],
  { discounts, at }: { discounts: readonly Discount[]; at: Date },
): bigint {
  const inForce = discounts.filter(
    ({ duration, endsAt }) => duration !== 'once' && (endsAt === null || new Date(endsAt) > at),
  );
  let total = 0n;
  for (const line of lines) {
    total += inForce.reduce((left, { percentOff }) => left - percentOf(left, percentOff), line);
  }
  for (const { amountOffMinor } of inForce) total -= BigInt(amountOffMinor ?? '0');
  return total < 0n ? 0n : total;
}

function percentOf(amount: bigint, percentOff: string | null): bigint {
  if (percentOff === null) return 0n;
  const [whole = '0', fraction = ''] = percentOff.split('.');
  const share = rational(BigInt(`${whole}${fraction}`), 100n * 10n ** BigInt(fraction.length));
  return roundHalfAwayFromZero(multiply(rational(amount), share));
}
