import type { Meter } from '../../catalog/meter.ts';
import { formatQuantity } from '../../shared/money/format-money.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UsageBillingRecord } from './bill-usage.ports.ts';

/** The text of a line. Names the period it belongs to: an adjustment comes on the invoice of another one. */
export function describeUsage(usage: {
  meter: Meter;
  period: Period;
  quantity: Quantity;
  kind: UsageBillingRecord['kind'];
}): string {
  const { meter, period, quantity, kind } = usage;
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const span = `${day(period.start)} to ${day(period.end)}`;
  const units = formatQuantity(quantity, 'en-US');
  if (kind === 'adjustment') return `${meter.name}: adjustment for ${span} (${units} in all)`;
  return `${meter.name}: ${units} in ${span}${kind === 'on_demand' ? ', so far' : ''}`;
}
