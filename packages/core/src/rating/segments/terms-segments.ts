import type { Meter } from '../../catalog/meter.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import type { DatedOverride } from './dated-override.ts';
import { type MonthsInput, usageMonths } from './terms-months.ts';
import { type UsageSegment, usageSegments } from './usage-segments.ts';

export interface TermsSegmentsInput extends MonthsInput {
  meters: readonly Meter[];
  plans: readonly PlanVersion[];
  overrides: readonly DatedOverride[];
}

/** Every part of every month in reach by the terms in force then, by meter and in order of time. */
export function termsSegments({ meters, plans, overrides, ...reach }: TermsSegmentsInput): UsageSegment[] {
  const planOf = ({ plan, planVersion }: SubscriptionTerms) =>
    plans.find(({ key, version }) => key === plan && version === planVersion) ?? null;
  return usageMonths(reach).flatMap((month) => usageSegments({ month, meters, planOf, overrides }));
}
