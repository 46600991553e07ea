import type { OrganizationId } from '../shared/ids.ts';
import { toLimitAnswer } from './limit-answer.ts';
import { counterKeyOf, type LimitDeps, type LimitInput } from './limit-deps.ts';
import { decideFor, type LimitSubject, receiptTermsOf } from './limit-subject.ts';
import type { CounterLevels } from './limits.ports.ts';
import type { LimitAnswer } from './limits.schemas.ts';
import { readSubjectOrRefuse, withOutagePolicy } from './outage/decide-in-outage.ts';

/**
 * Answers whether a quantity would be granted now. Changes nothing but the receipts.
 * @throws FEATURE_UNKNOWN, QUANTITY_INVALID, CLIENT_UNKNOWN, LIMITS_UNAVAILABLE
 */
export async function checkLimit(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; input: LimitInput },
): Promise<LimitAnswer> {
  const subject = await readSubjectOrRefuse(deps, { ...request, operation: 'check' });
  return await withOutagePolicy(deps, subject, {
    normally: () => answerCheck(deps, subject),
    receiptId: deps.ids.next(),
    effect: { kind: 'none' },
  });
}

/** The same for a subject that is already read; also answers consumes of features without a quantity. */
export async function answerCheck(deps: LimitDeps, subject: LimitSubject): Promise<LimitAnswer> {
  const levels = await levelsOf(deps, subject);
  const decision = decideFor(subject, levels, subject.quantity);
  const terms = receiptTermsOf(subject);
  const receiptId =
    decision.decision === 'blocked'
      ? await deps.receipts.keep(terms, decision, levels)
      : deps.receipts.note(terms, decision, levels);
  const { reason } = decision;
  const settled = {
    decision: decision.decision,
    reason,
    receiptId,
    levels,
    limit: terms.limit,
    quantity: subject.quantity,
  };
  return toLimitAnswer(subject, settled, decision.upgradeTo);
}

async function levelsOf(deps: LimitDeps, subject: LimitSubject): Promise<CounterLevels> {
  const { grant, snapshot } = subject;
  if (grant.feature.kind === 'metered') return await deps.ledger.levels(counterKeyOf(subject));
  if (grant.feature.kind === 'allocated') {
    return { used: await deps.gauges.level(snapshot.facts.organizationId, grant.feature.key), reserved: '0' };
  }
  return { used: '0', reserved: '0' };
}
