import type { FeatureGrant } from '../../limits/entitlement-snapshot.ts';
import { allocatedLevel } from '../../limits/limit-subject.ts';
import { compareQuantities, type Quantity, quantityToScaled } from '../../shared/money/quantity.ts';
import { cardExpiry } from '../methods/payment-method-view.ts';
import { dayText, quantityText } from './notice-text.ts';
import { askText, type NoticeView, planNameOf } from './payment-notices.ts';
import type { BillingFacts } from './read-billing-facts.ts';
import type { SummaryReader } from './summary.ports.ts';

const trialNoticeMs = 3 * 86_400_000;

/** Limits that are reached or near. */
export function limitNotices(facts: BillingFacts, reader: SummaryReader): NoticeView[] {
  const metered = facts.metered.map(({ grant, used, limitPeriod }) => ({
    grant,
    used,
    resetsAt: limitPeriod.end,
  }));
  const allocated = [...facts.entitlements.grants.values()]
    .filter(({ feature }) => feature.kind === 'allocated')
    .map((grant) => ({
      grant,
      used: allocatedLevel(facts.entitlements, grant, facts.levels.get(grant.feature.key) ?? '0'),
      resetsAt: null,
    }));
  return [...metered, ...allocated].flatMap((level) => limitNotice(facts, reader, level) ?? []);
}

function limitNotice(
  facts: BillingFacts,
  reader: SummaryReader,
  level: { grant: FeatureGrant; used: Quantity; resetsAt: Date | null },
): NoticeView | undefined {
  const { grant, used, resetsAt } = level;
  const { entitlement, feature } = grant;
  if (entitlement === null || !('limit' in entitlement) || entitlement.limit.kind === 'unlimited')
    return undefined;
  const limit = entitlement.limit.quantity;
  const threshold = Math.min(...entitlement.thresholds, 100);
  if (limit === '0' || !isAtLeast(used, limit, threshold)) return undefined;
  const isReached = compareQuantities(used, limit) >= 0;
  const amounts = `${feature.name}: ${quantityText(used)} of ${quantityText(limit)} used.`;
  const until = resetsAt === null ? '' : ` until ${dayText(resetsAt, facts.entitlements.facts.timeZone)}`;
  const { slug } = facts.entitlements.facts;
  if (isReached && entitlement.onLimit === 'block') {
    const ask = reader.mayBuy ? '' : ` ${askText(facts)}`;
    return {
      kind: 'limit_blocked',
      severity: 'danger',
      text: `${amounts} More is refused${until}.${ask}`,
      action: reader.mayBuy ? { label: 'Change plan', to: `/${slug}/billing/plans` } : null,
    };
  }
  const consequence = {
    block: 'At the limit more is refused.',
    overage: isReached ? 'What is beyond is charged.' : 'What goes beyond is charged.',
    warn: 'Nothing stops at the limit.',
  }[entitlement.onLimit];
  return {
    kind: 'limit_warning',
    severity: 'warning',
    text: `${amounts} ${consequence}`,
    action: { label: 'See limits', to: `/${slug}/billing/limits` },
  };
}

/** used ≥ limit × percent / 100, without rounding. */
function isAtLeast(used: Quantity, limit: Quantity, percent: number): boolean {
  return quantityToScaled(used) * 100n >= quantityToScaled(limit) * BigInt(percent);
}

/** Endings, trials, scheduled changes and the card, for whoever has to act on them. */
export function planNotices(facts: BillingFacts, reader: SummaryReader): NoticeView[] {
  const notices = facts.subscriptions.flatMap(({ record }) =>
    [cancelNotice, pauseNotice, collectionNotice, trialNotice, scheduledChangeNotice].flatMap(
      (notice) => notice(facts, record) ?? [],
    ),
  );
  const seen = notices.map((notice) => (reader.mayBuy ? notice : { ...notice, action: null }));
  return [...seen, ...cardNotices(facts, reader)];
}

type SubscriptionNotice = (
  facts: BillingFacts,
  record: BillingFacts['subscriptions'][number]['record'],
) => NoticeView | undefined;

const cancelNotice: SubscriptionNotice = (facts, record) => {
  if (record.cancelAt === null) return undefined;
  return {
    kind: 'cancels_on',
    severity: 'warning',
    text: `${planNameOf(facts, record)} ends on ${dayOf(facts, record.cancelAt)}; your data stays.`,
    action: { label: 'Keep my plan', to: billingPath(facts, 'cancel') },
  };
};

const pauseNotice: SubscriptionNotice = (facts, record) => {
  const { pausedAt } = record;
  if (pausedAt === null) return undefined;
  return {
    kind: 'paused',
    severity: 'warning',
    text: `${planNameOf(facts, record)} is paused since ${dayOf(facts, pausedAt)}; nothing renews until it is resumed.`,
    action: { label: 'Resume', to: billingPath(facts, 'cancel') },
  };
};

const fateOfInvoices = {
  keep_as_draft: 'invoices are kept as drafts',
  mark_uncollectible: 'invoices are written off',
  void: 'invoices are voided',
} as const;

/** Nobody here did it and nobody here can end it, so there is no action; the service is not touched by it. */
const collectionNotice: SubscriptionNotice = (facts, record) => {
  const { collectionPause } = record;
  if (collectionPause === null) return undefined;
  const { behavior, resumesAt } = collectionPause;
  const until = resumesAt === null ? '' : ` until ${dayOf(facts, resumesAt)}`;
  return {
    kind: 'collection_paused',
    severity: 'info',
    text: `Payments for ${planNameOf(facts, record)} are not collected${until}: ${fateOfInvoices[behavior]}. The service goes on.`,
    action: null,
  };
};

const trialNotice: SubscriptionNotice = (facts, record) => {
  const { status, trialEnd } = record;
  if (status !== 'trialing' || trialEnd === null) return undefined;
  if (trialEnd.getTime() - facts.at.getTime() > trialNoticeMs) return undefined;
  return {
    kind: 'trial_ending',
    severity: 'warning',
    text: `The trial of ${planNameOf(facts, record)} ends on ${dayOf(facts, trialEnd)}; then the plan is charged.`,
    action: { label: 'Payment methods', to: billingPath(facts, 'payment') },
  };
};

const scheduledChangeNotice: SubscriptionNotice = (facts, record) => {
  const { scheduledChange, family } = record;
  if (scheduledChange === null) return undefined;
  const next = scheduledPlanName(facts, family, scheduledChange.plan);
  return {
    kind: 'change_scheduled',
    severity: 'info',
    text: `${planNameOf(facts, record)} changes to ${next} on ${dayOf(facts, scheduledChange.at)}.`,
    action: { label: 'See the plan', to: billingPath(facts, 'plans') },
  };
};

function dayOf(facts: BillingFacts, at: Date): string {
  return dayText(at, facts.entitlements.facts.timeZone);
}

function billingPath(facts: BillingFacts, page: string): string {
  return `/${facts.entitlements.facts.slug}/billing/${page}`;
}

function scheduledPlanName(facts: BillingFacts, family: string, plan: string): string {
  const standing = facts.entitlements.standings.find((candidate) => candidate.family.key === family);
  return standing?.family.plans.find(({ key }) => key === plan)?.name ?? plan;
}

function cardNotices(facts: BillingFacts, reader: SummaryReader): NoticeView[] {
  const card = facts.defaultMethod;
  if (card === null || !reader.seesMoney || facts.subscriptions.length === 0) return [];
  const expiry = cardExpiry(card, facts.at);
  if (expiry === 'valid') return [];
  const verb = expiry === 'expired' ? 'has expired' : 'expires at the end of the month';
  const to = billingPath(facts, 'payment');
  const action = reader.mayBuy ? { label: 'Update card', to } : null;
  const text = `The card ending in ${card.last4} ${verb}. Without another one the next payment fails.`;
  return [{ kind: 'card_expiring', severity: 'warning', text, action }];
}
