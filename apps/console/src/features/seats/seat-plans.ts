import type { Family, Limit, Subscription } from '../../app/views.ts';

export interface SeatPlan {
  subscription: Pick<Subscription, 'id' | 'family' | 'plan' | 'planName' | 'can'>;
  bought: number;
  /** As the product last reported it; null while it never did. */
  used: string | null;
  free: number | null;
  percent: string | null;
}

type Bought = SeatPlan['subscription'] & Pick<Subscription, 'items'>;
type Gauge = Pick<Limit, 'family' | 'kind' | 'unit' | 'used'>;
type Sold = Pick<Family, 'family'> & {
  plans: readonly { plan: string; prices: readonly { kind: string; unit: string | null }[] }[];
};

interface SeatFacts {
  subscriptions: readonly Bought[];
  limits: readonly Gauge[];
  families: readonly Sold[];
}

/** Subscriptions with a seat price, each with the gauge of what its seats are counted in. */
export function seatPlansOf({ subscriptions, limits, families }: SeatFacts): SeatPlan[] {
  return subscriptions.flatMap((subscription): SeatPlan[] => {
    const seat = subscription.items.find(({ kind }) => kind === 'seat');
    if (seat === undefined) return [];
    const bought = Number(seat.quantity ?? '0');
    const unit = seatUnitOf(families, subscription);
    const gauge = limits.find(
      (limit) => limit.family === subscription.family && limit.kind === 'allocated' && limit.unit === unit,
    );
    if (gauge === undefined) return [{ subscription, bought, used: null, free: null, percent: null }];
    const free = Math.max(0, bought - Number(gauge.used));
    return [{ subscription, bought, used: gauge.used, free, percent: percentOf(gauge.used, bought) }];
  });
}

/** Of the seats bought: where seats are bought automatically the limit is higher than that. */
function percentOf(used: string, bought: number): string | null {
  return bought === 0 ? null : String((BigInt(Math.ceil(Number(used))) * 100n) / BigInt(bought));
}

function seatUnitOf(families: readonly Sold[], { family, plan }: SeatPlan['subscription']) {
  return families
    .find((candidate) => candidate.family === family)
    ?.plans.find((candidate) => candidate.plan === plan)
    ?.prices.find(({ kind }) => kind === 'seat')?.unit;
}
