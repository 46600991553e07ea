import type { OrganizationId } from '../shared/ids.ts';
import type { UsageEventEntry } from '../usage/usage-event.ts';
import { otherCountersOf } from './ceilings.ts';
import { answerCheck } from './check-limit.ts';
import { counterKeyOf, isConsumable } from './counter-key.ts';
import type { LimitDecision } from './decide-limit.ts';
import { toLimitAnswer } from './limit-answer.ts';
import { type LimitDeps, type LimitInput, tellOutcome } from './limit-deps.ts';
import { decideFor, isCountedHere, type LimitSubject, receiptTermsOf } from './limit-subject.ts';
import { featureCountedHere, featureNotConsumable } from './limits.errors.ts';
import type { Decide, GaugeCommand, Settled } from './limits.ports.ts';
import type { LimitAnswer } from './limits.schemas.ts';
import { readSubjectOrRefuse, withOutagePolicy } from './outage/decide-in-outage.ts';

/**
 * Takes a quantity or refuses it, all or nothing, and writes the usage event with it: do not record it again.
 * `id` is the event's id; the same one again answers the first decision and takes nothing. A refusal may be asked
 * again with the same id.
 * @throws FEATURE_UNKNOWN, QUANTITY_INVALID, CLIENT_UNKNOWN, USAGE_EVENT_ID_REUSED, FEATURE_NOT_CONSUMABLE,
 * LIMITS_UNAVAILABLE
 */
export async function consumeLimit(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; input: LimitInput },
): Promise<LimitAnswer> {
  const subject = await readSubjectOrRefuse(deps, { ...request, operation: 'consume' });
  // Fixed before the first attempt: whatever was begun in vain carries the same id and counts once.
  const id = request.input.id ?? deps.ids.next();
  const { organizationId } = request;
  switch (subject.grant.feature.kind) {
    case 'metered':
      if (!isConsumable(subject)) throw featureNotConsumable(subject.grant.feature.key);
      return await withOutagePolicy(deps, subject, {
        normally: () => consumeMetered(deps, subject, id),
        receiptId: () => deps.ledger.derivedId(organizationId, 'consume', id),
        effect: () => ({ kind: 'consume', entry: usageEntryOf(subject, id) }),
      });
    case 'allocated':
      if (isCountedHere(subject.grant)) throw featureCountedHere(subject.grant.feature.key);
      return await withOutagePolicy(deps, subject, {
        normally: () => takeAllocated(deps, subject, id),
        receiptId: () => deps.ledger.derivedId(organizationId, 'gauge', id),
        effect: () => ({ kind: 'take', command: takeCommandOf(subject, id) }),
      });
    default:
      return await answerCheck(deps, subject);
  }
}

/** The decision function bound to a subject, remembering what only a fresh decision knows. */
export function deciderOf(subject: LimitSubject): { decide: Decide; last: () => LimitDecision | undefined } {
  let last: LimitDecision | undefined;
  return {
    decide: (levels, quantity, read) => {
      last = decideFor({ ...subject, quantity }, levels, read);
      return last;
    },
    last: () => last,
  };
}

async function consumeMetered(deps: LimitDeps, subject: LimitSubject, id: string): Promise<LimitAnswer> {
  const key = counterKeyOf(subject);
  const decider = deciderOf(subject);
  const entry = usageEntryOf(subject, id);
  const settled = await deps.ledger.consume({
    key,
    others: otherCountersOf(subject),
    entry,
    terms: receiptTermsOf(subject),
    decide: decider.decide,
  });
  tellOutcome(deps, subject, settled);
  return toLimitAnswer(subject, settled, upgradeOf(settled, decider));
}

/** A first decision that is answered again was not made by this decider, whatever it has tried before. */
function upgradeOf({ decision }: Settled, decider: ReturnType<typeof deciderOf>): string | null {
  return decision === 'blocked' ? (decider.last()?.upgradeTo ?? null) : null;
}

async function takeAllocated(deps: LimitDeps, subject: LimitSubject, id: string): Promise<LimitAnswer> {
  const decider = deciderOf(subject);
  const command = { ...takeCommandOf(subject, id), decide: decider.decide };
  const settled = await deps.gauges.apply(command);
  tellOutcome(deps, subject, settled);
  return toLimitAnswer(subject, settled, upgradeOf(settled, decider));
}

function takeCommandOf(subject: LimitSubject, changeId: string): Omit<GaugeCommand, 'decide'> {
  return {
    organizationId: subject.snapshot.facts.organizationId,
    feature: subject.grant.feature.key,
    changeId,
    change: { kind: 'take', quantity: subject.quantity },
    occurredAt: subject.at,
    terms: receiptTermsOf(subject),
  };
}

function usageEntryOf(subject: LimitSubject, id: string): UsageEventEntry {
  const { snapshot, grant, quantity, at, clientId } = subject;
  return {
    organizationId: snapshot.facts.organizationId,
    aggregation: grant.meter?.aggregation ?? 'sum',
    source: 'consume',
    draft: {
      id,
      meter: grant.feature.key,
      quantity,
      occurredAt: at,
      clientId,
      subject: subject.subject,
      properties: null,
    },
  };
}
