import { emitChange } from '../../events/emit.ts';
import { blankPlan } from '../../shapes/catalog.ts';
import type { PriceRow, Row } from '../../store/rows.ts';
import type { World } from '../../world.ts';

/** The deprecated twin of a recurring price, under the same id; subscription items still carry it. */
export function planOf(price: PriceRow): Row {
  return {
    ...blankPlan,
    id: price.id,
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval,
    interval_count: price.recurring?.interval_count,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type,
  };
}

/** Both twins of a recurring price say that it changed. */
export function announceUpdate(world: World, before: PriceRow, after: PriceRow): void {
  emitChange(world, 'price.updated', { before, after });
  if (after.recurring) emitChange(world, 'plan.updated', { before: planOf(before), after: planOf(after) });
}
