import type { BillingSummaryView } from '../../invoices/invoices.schemas.ts';
import { usagePeriod } from '../../limits/limit-window.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { calendarMonth } from '../../shared/time/billing-period.ts';
import type { Period } from '../../shared/time/period.ts';
import { billingCost, type CurrencyCost } from './billing-cost.ts';
import { closedNotice, type NoticeView, paymentNotices } from './payment-notices.ts';
import { limitNotices, planNotices } from './plan-notices.ts';
import { type BillingFacts, readBillingFacts } from './read-billing-facts.ts';
import type { SummaryDeps, SummaryReader } from './summary.ports.ts';

/** Most urgent first; one is shown, the others on request. */
const ladder: readonly NoticeView['kind'][] = [
  'closed',
  'suspended',
  'past_due',
  'action_required',
  'limit_blocked',
  'paused',
  'collection_paused',
  'cancels_on',
  'limit_warning',
  'trial_ending',
  'change_scheduled',
  'card_expiring',
];

/** What the running periods cost so far and will, and what has to be done: all of one moment. */
export async function readBillingSummary(
  deps: SummaryDeps,
  { organizationId, reader }: { organizationId: OrganizationId; reader: SummaryReader },
): Promise<BillingSummaryView> {
  const facts = await readBillingFacts(deps, organizationId);
  const { start, end } = leadingPeriod(facts);
  return {
    snapshotId: facts.snapshotId,
    asOf: facts.at.toISOString(),
    period: { start: start.toISOString(), end: end.toISOString() },
    timeZone: facts.entitlements.facts.timeZone,
    cost: reader.seesMoney ? billingCost(facts).map(toCostView) : null,
    notices: noticesOf(facts, reader),
  };
}

/** The notices alone, most urgent first, in words for this reader. */
export async function readNotices(
  deps: SummaryDeps,
  { organizationId, reader }: { organizationId: OrganizationId; reader: SummaryReader },
): Promise<NoticeView[]> {
  return noticesOf(await readBillingFacts(deps, organizationId), reader);
}

function noticesOf(facts: BillingFacts, reader: SummaryReader): NoticeView[] {
  // Of a closed organization only what is still owed can be acted on.
  if (facts.entitlements.facts.isClosed)
    return [closedNotice(facts, reader), ...paymentNotices(facts, reader)];
  return [
    ...paymentNotices(facts, reader),
    ...limitNotices(facts, reader),
    ...planNotices(facts, reader),
  ].toSorted((left, right) => ladder.indexOf(left.kind) - ladder.indexOf(right.kind));
}

/** Of several subscriptions the one whose period ends first; without any, the calendar month. */
function leadingPeriod({ entitlements, at }: BillingFacts): Period {
  const periods = entitlements.standings
    .filter(({ subscription }) => subscription !== null)
    .map((standing) => usagePeriod(standing, at));
  return periods.toSorted((left, right) => left.end.getTime() - right.end.getTime())[0] ?? calendarMonth(at);
}

function toCostView({ currency, previousSameDayMinor, forecastFrom, ...amounts }: CurrencyCost) {
  return {
    currency,
    toDateMinor: amounts.toDateMinor.toString(),
    recurringMinor: amounts.recurringMinor.toString(),
    usageMinor: amounts.usageMinor.toString(),
    forecastMinor: amounts.forecastMinor.toString(),
    forecastLowMinor: amounts.forecastLowMinor.toString(),
    forecastHighMinor: amounts.forecastHighMinor.toString(),
    forecastFrom: forecastFrom?.toISOString() ?? null,
    previousSameDayMinor: previousSameDayMinor?.toString() ?? null,
  };
}
