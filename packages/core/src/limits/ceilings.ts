import { toPublicId } from '../shared/ids.ts';
import { addQuantities, type Quantity } from '../shared/money/quantity.ts';
import type { Budget } from './budgets/budget.ts';
import { type CostPart, costOf, costPartsOf, costsMore, countersOf } from './budgets/budget-cost.ts';
import { counterKeyOf, isConsumable } from './counter-key.ts';
import type { LimitQuestion } from './decide-limit.ts';
import { clientLimitKey } from './entitlement-snapshot.ts';
import type { LimitSubject } from './limit-subject.ts';
import type { CounterKey, ReadLevels } from './limits.ports.ts';

/** What a receipt says about the ceilings that an organization has set for itself. */
export interface DecisionEvidence extends Readonly<Record<string, unknown>> {
  clientLimit?: { client: string; limit: Quantity; used: Quantity; reserved: Quantity };
  budgets?: readonly BudgetEvidence[];
}

interface BudgetEvidence {
  /** Public id; null = the budget of the organization. */
  client: string | null;
  amountMinor: string;
  currency: string;
  onReached: Budget['onReached'];
  costMinor: string;
  costAfterMinor: string;
  isReached: boolean;
}

/** The totals a decision reads beside its own: what the client has used, and what the budgets in question count. */
export function otherCountersOf(subject: LimitSubject): CounterKey[] {
  const budgets = budgetsOf(subject).flatMap(({ parts }) => countersOf(parts));
  const ofClient = clientCounterOf(subject);
  return ofClient === undefined ? budgets : [ofClient.key, ...budgets];
}

/** What the organization's own ceilings say to the quantity of the subject. */
export function ceilingsOf(
  subject: LimitSubject,
  read: ReadLevels,
): { ceilings: Pick<LimitQuestion, 'clientCap' | 'isBudgetReached'>; evidence?: DecisionEvidence } {
  const ofClient = clientCounterOf(subject);
  const budgets = budgetsOf(subject).map((measured) => measure(subject, measured, read));
  if (ofClient === undefined && budgets.length === 0) return { ceilings: {} };
  const clientCap = ofClient && { limit: ofClient.limit, ...read(ofClient.key) };
  return {
    ceilings: {
      ...(clientCap && { clientCap }),
      isBudgetReached: budgets.some(({ isReached, onReached }) => isReached && onReached === 'block'),
    },
    evidence: {
      ...(clientCap && {
        clientLimit: { client: toPublicId('client', subject.clientId ?? ''), ...clientCap },
      }),
      ...(budgets.length > 0 && { budgets }),
    },
  };
}

function clientCounterOf(subject: LimitSubject): { key: CounterKey; limit: Quantity } | undefined {
  const { clientId, grant, snapshot } = subject;
  if (clientId === null || !isConsumable(subject)) return undefined;
  const limit = snapshot.facts.clientLimits.get(clientLimitKey(clientId, grant.feature.key));
  return limit === undefined ? undefined : { key: { ...counterKeyOf(subject), clientId }, limit };
}

interface CountedBudget {
  budget: Budget;
  parts: CostPart[];
}

/** The organization's budget and the client's, as far as the feature costs anything; others do not concern it. */
function budgetsOf(subject: LimitSubject): CountedBudget[] {
  const { snapshot, clientId, grant, at } = subject;
  const { budgets, currency } = snapshot.facts;
  if (budgets.size === 0 || !isConsumable(subject)) return [];
  const asked = clientId === null ? [null] : [null, clientId];
  return asked.flatMap((whose) => {
    const budget = budgets.get(whose);
    if (budget === undefined || budget.currency !== currency) return [];
    const parts = costPartsOf(snapshot, budget, at);
    return parts.some(({ until }) => until.feature === grant.feature.key) ? [{ budget, parts }] : [];
  });
}

/** Reached = the request costs something, however little, and would take the cost beyond the amount. */
function measure(subject: LimitSubject, { budget, parts }: CountedBudget, read: ReadLevels): BudgetEvidence {
  const { amountMinor, currency, onReached, clientId } = budget;
  const readAfter = (key: CounterKey) => afterTaking(subject, key, read);
  const cost = costOf(parts, read);
  const after = costOf(parts, readAfter);
  return {
    client: clientId === null ? null : toPublicId('client', clientId),
    amountMinor: amountMinor.toString(),
    currency,
    onReached,
    costMinor: cost.toString(),
    costAfterMinor: after.toString(),
    isReached: after > amountMinor && costsMore(parts, read, readAfter),
  };
}

function afterTaking({ grant, at, quantity }: LimitSubject, key: CounterKey, read: ReadLevels) {
  const { used, reserved } = read(key);
  const isMoved = key.feature === grant.feature.key && key.window.start <= at && at < key.window.end;
  return { used: isMoved ? addQuantities(used, quantity) : used, reserved };
}
