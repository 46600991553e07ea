import type { OrganizationId } from '../shared/ids.ts';
import { otherCountersOf } from './ceilings.ts';
import { addedBy, counterKeyOf } from './counter-key.ts';
import { toLimitAnswer } from './limit-answer.ts';
import { type LimitDeps, type LimitInput, tellOutcome } from './limit-deps.ts';
import { allocatedLevel, decideFor, type LimitSubject, receiptTermsOf } from './limit-subject.ts';
import { type CounterLevels, noLevels, type ReadLevels } from './limits.ports.ts';
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
    receiptId: () => deps.ids.next(),
    effect: () => ({ kind: 'none' }),
  });
}

/** The same for a subject that is already read; also answers consumes of features without a quantity. */
export async function answerCheck(deps: LimitDeps, subject: LimitSubject): Promise<LimitAnswer> {
  const { levels, read } = await levelsOf(deps, subject);
  const decision = decideFor({ ...subject, quantity: addedBy(subject, levels) }, levels, read);
  const terms = receiptTermsOf(subject);
  const receiptId =
    decision.decision === 'blocked'
      ? await deps.receipts.keep(terms, decision, levels)
      : deps.receipts.note(terms, decision, levels);
  const { reason } = decision;
  tellOutcome(deps, subject, decision);
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

async function levelsOf(
  deps: LimitDeps,
  subject: LimitSubject,
): Promise<{ levels: CounterLevels; read: ReadLevels }> {
  const { grant, snapshot } = subject;
  const read = () => noLevels;
  if (grant.feature.kind === 'metered') return await meteredLevelsOf(deps, subject);
  if (grant.feature.kind !== 'allocated') return { levels: noLevels, read };
  const reported = await deps.gauges.level(snapshot.facts.organizationId, grant.feature.key);
  return { levels: { used: allocatedLevel(snapshot, grant, reported), reserved: '0' }, read };
}

async function meteredLevelsOf(deps: LimitDeps, subject: LimitSubject) {
  const key = counterKeyOf(subject);
  const others = otherCountersOf(subject);
  if (others.length === 0) return { levels: await deps.ledger.levels(key), read: () => noLevels };
  const read = await deps.ledger.allLevels([key, ...others]);
  return { levels: read(key), read };
}
