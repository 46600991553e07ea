import { z } from 'zod';
import { offerKeySchema } from './catalog-key.ts';
import { entitlementSchema } from './entitlement.ts';
import { type PriceComponent, type PriceInterval, priceComponentSchema } from './price-component.ts';

/** free: no subscription needed; self_service: anybody may buy it; contact_sales: staff start it, priced by hand. */
export const offerSchema = z.enum(['free', 'self_service', 'contact_sales']);
export type Offer = z.infer<typeof offerSchema>;

const planFields = {
  key: offerKeySchema,
  /** A published version never changes; a change of the plan is a new version. */
  version: z.number().int().min(1).max(100_000),
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  offer: offerSchema,
  /** Days a new subscription may be tried; at most once per organization and family. */
  trialDays: z.number().int().min(0).max(90).default(0),
  prices: z.array(priceComponentSchema).max(30),
  entitlements: z.array(entitlementSchema).max(200),
};

export const planSchema = z.strictObject(planFields);
export type Plan = z.output<typeof planSchema>;
export type PlanInput = z.input<typeof planSchema>;

/** A plan as it is published and pinned by subscriptions: complete without the family around it. */
export const planVersionSchema = z.strictObject({
  family: offerKeySchema,
  /** Position in the family, cheapest first; a change to a higher rank is an upgrade. */
  rank: z.number().int().min(0),
  ...planFields,
});
export type PlanVersion = z.output<typeof planVersionSchema>;

/** True when an organization may buy the plan by itself. */
export function isSelfService(plan: Pick<Plan, 'offer'>): boolean {
  return plan.offer === 'self_service';
}

/** Intervals the recurring part is sold in; empty for free plans and those priced by hand. */
export function intervalsOf(plan: Pick<Plan, 'prices'>): PriceInterval[] {
  const intervals = recurring(plan.prices).flatMap(({ rates }) => rates.map(({ interval }) => interval));
  return [...new Set(intervals)].toSorted();
}

/** Features whose limit is the number of seats bought. */
export function seatFeaturesOf(plan: Pick<Plan, 'prices'>): string[] {
  return plan.prices.flatMap((component) => (component.kind === 'seat' ? [component.feature] : []));
}

/** Currencies every price of the plan is sold in, in alphabetical order. */
export function currenciesOf(plan: Pick<Plan, 'prices'>): string[] {
  const sets = plan.prices.map(({ rates }) => new Set(rates.map(({ price }) => price.currency)));
  const [first = new Set<string>(), ...rest] = sets;
  return [...first].filter((currency) => rest.every((set) => set.has(currency))).toSorted();
}

function recurring(prices: readonly PriceComponent[]): PriceComponent[] {
  return prices.filter(({ kind }) => kind !== 'usage');
}
