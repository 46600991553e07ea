import type { Subscription } from '../app/views.ts';
import { amountText } from './Amount.tsx';
import { dateText } from './date-text.ts';

type Discount = Subscription['discounts'][number];

/** "Spring: 25 % off until 1 Jul 2027". */
export function discountText(
  { name, percentOff, amountOffMinor, duration, endsAt }: Discount,
  { currency, timeZone }: { currency: string; timeZone: string },
): string {
  const off =
    percentOff === null ? amountText({ minor: amountOffMinor ?? '0', currency }) : `${percentOff} %`;
  if (duration === 'once') return `${name}: ${off} off the next invoice`;
  return `${name}: ${off} off${endsAt === null ? '' : ` until ${dateText(endsAt, timeZone)}`}`;
}
