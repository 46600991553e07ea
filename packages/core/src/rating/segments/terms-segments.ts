import type { Meter } from '../../catalog/meter.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import type { DatedOverride } from './dated-override.ts';
import { type MonthsInput, type UsageMonth, usageMonths } from './terms-months.ts';
import { type UsageSegment, usageSegments } from './usage-segments.ts';

export interface TermsSegmentsInput extends MonthsInput {
  meters: readonly Meter[];
  plans: readonly PlanVersion[];
  overrides: readonly DatedOverride[];
}

export interface TermsMonth {
  month: UsageMonth;
  segments: UsageSegment[];
}

/** Every part of every month in reach by the terms in force then, by meter and in order of time. */
export function termsSegments(input: TermsSegmentsInput): UsageSegment[] {
  return termsMonths(input).flatMap(({ segments }) => segments);
}

/** The same by month; a month in which nothing is charged per unit has no parts. */
export function termsMonths({ meters, plans, overrides, ...reach }: TermsSegmentsInput): TermsMonth[] {
  const planOf = ({ plan, planVersion }: SubscriptionTerms) =>
    plans.find(({ key, version }) => key === plan && version === planVersion) ?? null;
  return usageMonths(reach).map((month) => ({
    month,
    segments: usageSegments({ month, meters, planOf, overrides }),
  }));
}
