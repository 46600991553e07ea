import { contentHashInput } from '../../catalog/content-hash-input.ts';
import { entitlementsOf } from '../../catalog/effective-entitlements.ts';
import type { Meter } from '../../catalog/meter.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { type UsagePrice, usagePriceOf } from '../../catalog/usage-price.ts';
import { compareQuantities } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';
import type { DatedOverride } from './dated-override.ts';
import type { UsageMonth } from './terms-months.ts';

/** A part of a month in which one meter had one price. */
export interface UsageSegment {
  meter: Meter;
  period: Period;
  /** The whole month (or what an anchor or the end leaves of it): counting goes through it. */
  month: Period;
  isClosed: boolean;
  endsPaused: boolean;
  plan: PlanVersion;
  usagePrice: UsagePrice;
  /** The month's first part with a price for this meter. */
  isOpening: boolean;
  /** The month has no later part with the same catalogue price: Stripe's line of that price is its own. */
  isLastOfKey: boolean;
}

export interface SegmentsInput {
  month: UsageMonth;
  meters: readonly Meter[];
  planOf: (terms: SubscriptionTerms) => PlanVersion | null;
  overrides: readonly DatedOverride[];
}

interface Piece {
  period: Period;
  plan: PlanVersion;
  /** null = nothing is charged for the meter then. */
  usagePrice: UsagePrice | null;
}

/**
 * Cuts a month wherever the price of a meter changed. Neighbours that differ only in their included quantity are one
 * part with the larger one: what was within the limit when it was used is never charged for afterwards.
 */
export function usageSegments(input: SegmentsInput): UsageSegment[] {
  const { month } = input;
  return input.meters.flatMap((meter) => {
    const pieces = piecesOf(input, meter).reduce<Piece[]>(joined, []);
    const priced = pieces.filter((piece) => piece.usagePrice !== null);
    return priced.flatMap(({ period, plan, usagePrice }, n): UsageSegment[] => {
      if (usagePrice === null) return [];
      const isLastOfKey = !priced.slice(n + 1).some((later) => later.usagePrice?.key === usagePrice.key);
      const { isClosed, endsPaused } = month;
      const position = { month: month.period, isClosed, endsPaused, isOpening: n === 0, isLastOfKey };
      return [{ meter, period, plan, usagePrice, ...position }];
    });
  });
}

function piecesOf({ month, planOf, overrides }: SegmentsInput, meter: Meter): Piece[] {
  const own = overrides.filter(({ feature }) => feature === meter.key);
  const instants = cutsOf(month, own);
  return instants.flatMap((start, n) => {
    const end = instants[n + 1] ?? month.period.end;
    const terms = month.terms.findLast(({ effectiveAt }) => effectiveAt <= start) ?? month.terms[0];
    const plan = terms === undefined ? null : planOf(terms);
    if (terms === undefined || plan === null) return [];
    const usagePrice = terms.isBillable ? priceAt({ plan, terms, meter, overrides: own, at: start }) : null;
    return [{ period: { start, end }, plan, usagePrice }];
  });
}

/** Where something may have changed: the month's start, new terms, the begin and end of an override. */
function cutsOf({ period, terms }: UsageMonth, overrides: readonly DatedOverride[]): Date[] {
  const changes = [
    ...terms.map(({ effectiveAt }) => effectiveAt),
    ...overrides.flatMap(({ startsAt, endsAt }) => (endsAt === null ? [startsAt] : [startsAt, endsAt])),
  ];
  const inside = changes.filter((at) => period.start < at && at < period.end).map((at) => at.getTime());
  return [period.start.getTime(), ...new Set(inside)].toSorted((a, b) => a - b).map((at) => new Date(at));
}

function priceAt(input: {
  plan: PlanVersion;
  terms: SubscriptionTerms;
  meter: Meter;
  overrides: readonly DatedOverride[];
  at: Date;
}): UsagePrice | null {
  const { plan, terms, meter, at } = input;
  const { clients, seats, currency } = terms;
  const overrides = input.overrides
    .filter(({ startsAt, endsAt }) => startsAt <= at && (endsAt === null || at < endsAt))
    .map(({ startsAt: _, endsAt, ...override }) => ({ ...override, expiresAt: endsAt }));
  const entitlements = entitlementsOf({ planVersion: plan, quantities: { clients, seats }, overrides, at });
  const entitlement = entitlements.get(meter.key);
  if (entitlement?.kind !== 'metered') return null;
  return usagePriceOf(plan, entitlement, currency) ?? null;
}

function joined(pieces: Piece[], next: Piece): Piece[] {
  const last = pieces.at(-1);
  if (last === undefined || !hasSamePrice(last, next)) return [...pieces, next];
  const period = { start: last.period.start, end: next.period.end };
  return [
    ...pieces.slice(0, -1),
    { ...next, period, usagePrice: moreIncluded(last.usagePrice, next.usagePrice) },
  ];
}

function hasSamePrice(left: Piece, right: Piece): boolean {
  return priceText(left.usagePrice) === priceText(right.usagePrice);
}

function priceText(usagePrice: UsagePrice | null): string {
  if (usagePrice === null) return '';
  const { key, billing, price } = usagePrice;
  return contentHashInput([key, billing, { ...price, included: null }]);
}

function moreIncluded(left: UsagePrice | null, right: UsagePrice | null): UsagePrice | null {
  return compareQuantities(includedOf(left), includedOf(right)) > 0 ? left : right;
}

function includedOf(usagePrice: UsagePrice | null): string {
  const price = usagePrice?.price;
  return price === undefined || price.model === 'flat' ? '0' : (price.included ?? '0');
}
