import { billingPeriod, billingPeriodAt } from '../../shared/time/billing-period.ts';
import { intersection, type Period } from '../../shared/time/period.ts';
import type { SubscriptionTerms } from '../../subscriptions/terms/subscription-terms.ts';

/** An invoice of a month waits this long for late usage; what comes after becomes an adjustment (R5). */
export const freezeMs = 3_600_000;
/** Usage older than the accepted window cannot move a month any more, unless it is filled in on purpose. */
export const lookBackMs = 36 * 86_400_000;
const monthly = { unit: 'month', count: 1 } as const;

/** One month of a subscription, cut where a new anchor or the end of the subscription cuts it. */
export interface UsageMonth {
  period: Period;
  /** Ended more than an hour ago: its invoice is frozen. */
  isClosed: boolean;
  /** Its end fell into a pause: Stripe renewed nothing then. */
  endsPaused: boolean;
  /** What was in force in it, oldest first; the first row may have begun before the month. */
  terms: readonly SubscriptionTerms[];
}

export interface MonthsInput {
  /** Oldest first, at least one. */
  terms: readonly SubscriptionTerms[];
  endedAt: Date | null;
  now: Date;
  /** Months that ended before are looked at again too; null = only those that late usage can still reach. */
  reopenedFrom: Date | null;
}

/** The months whose usage may still move, oldest first, up to and with the running one. Each is counted from its anchor. */
export function usageMonths({ terms, endedAt, now, reopenedFrom }: MonthsInput): UsageMonth[] {
  const reach = new Date(now.getTime() - lookBackMs);
  const since = reopenedFrom !== null && reopenedFrom < reach ? reopenedFrom : reach;
  return anchorsOf(terms).flatMap(({ anchor, start, end }) => {
    const until = earliest(end, endedAt, forever);
    if (until <= start) return [];
    const months: UsageMonth[] = [];
    const from = [start, since].toSorted((a, b) => b.getTime() - a.getTime())[0] ?? start;
    const first = billingPeriodAt(anchor, monthly, from).index;
    const { index } = billingPeriodAt(anchor, monthly, until < now ? until : now);
    for (let n = first; n <= index; n += 1) {
      const period = intersection(billingPeriod(anchor, monthly, n), { start, end: until });
      if (period === undefined || period.end <= since || period.start > now) continue;
      const isClosed = period.end.getTime() + freezeMs <= now.getTime();
      const endsPaused = terms.findLast(({ effectiveAt }) => effectiveAt <= period.end)?.isPaused ?? false;
      months.push({ period, isClosed, endsPaused, terms: termsWithin(terms, period) });
    }
    return months;
  });
}

const forever = new Date(8_640_000_000_000_000);

interface AnchoredSpan {
  anchor: Date;
  start: Date;
  /** null = still counted from this anchor. */
  end: Date | null;
}

function anchorsOf(terms: readonly SubscriptionTerms[]): AnchoredSpan[] {
  const firsts = terms.filter(
    ({ billingAnchor }, n) => billingAnchor.getTime() !== terms[n - 1]?.billingAnchor.getTime(),
  );
  return firsts.map(({ billingAnchor, effectiveAt }, n) => ({
    anchor: billingAnchor,
    start: effectiveAt,
    end: firsts[n + 1]?.effectiveAt ?? null,
  }));
}

function termsWithin(terms: readonly SubscriptionTerms[], { start, end }: Period): SubscriptionTerms[] {
  return terms.filter(({ effectiveAt }, n) => {
    const until = terms[n + 1]?.effectiveAt;
    return effectiveAt < end && (until === undefined || until > start);
  });
}

function earliest(left: Date | null, middle: Date | null, right: Date): Date {
  return [left, middle].reduce<Date>((first, at) => (at !== null && at < first ? at : first), right);
}
