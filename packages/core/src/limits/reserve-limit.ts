import { type OrganizationId, toPublicId } from '../shared/ids.ts';
import { quantityInvalid } from '../shared/money/money.errors.ts';
import { otherCountersOf } from './ceilings.ts';
import { deciderOf } from './consume-limit.ts';
import { addedBy, counterKeyOf, isConsumable } from './counter-key.ts';
import { toLimitAnswer } from './limit-answer.ts';
import { type LimitDeps, type LimitInput, tellOutcome } from './limit-deps.ts';
import { receiptTermsOf } from './limit-subject.ts';
import { featureNotConsumable } from './limits.errors.ts';
import { noLevels } from './limits.ports.ts';
import type { LimitAnswer } from './limits.schemas.ts';
import { readSubjectOrRefuse, withOutagePolicy } from './outage/decide-in-outage.ts';

export type ReserveAnswer = LimitAnswer & { id: string | null };

/**
 * Holds a quantity for work whose size is not known yet. With the sender's `id` a repeated call answers the first
 * decision. What is not settled before the lease ends is given back.
 */
export async function reserveLimit(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; input: LimitInput & { leaseSeconds: number } },
): Promise<ReserveAnswer> {
  const asked = await readSubjectOrRefuse(deps, { ...request, operation: 'reserve' });
  if (!isConsumable(asked)) throw featureNotConsumable(asked.grant.feature.key);
  // What is held is what the commit will add.
  const subject = { ...asked, quantity: addedBy(asked, noLevels) };
  if (asked.quantity === '0') throw quantityInvalid('of a reservation must be more than zero');
  const { organizationId, input } = request;
  const reservationId =
    input.id === undefined ? deps.ids.next() : deps.ledger.derivedId(organizationId, 'reservation', input.id);
  const hold = {
    key: counterKeyOf(subject),
    reservationId,
    eventId: input.id ?? toPublicId('reservation', reservationId),
    expiresAt: new Date(subject.at.getTime() + input.leaseSeconds * 1000),
  };
  const answer = await withOutagePolicy(deps, subject, {
    normally: async () => {
      const decider = deciderOf(subject);
      const others = otherCountersOf(subject);
      const command = { ...hold, others, terms: receiptTermsOf(subject), decide: decider.decide };
      const settled = await deps.ledger.reserve(command);
      tellOutcome(deps, subject, settled);
      return toLimitAnswer(subject, settled, decider.last()?.upgradeTo ?? null);
    },
    receiptId: () => deps.ledger.derivedId(organizationId, 'reserve', reservationId),
    effect: () => ({ kind: 'reserve', ...hold }),
  });
  return { ...answer, id: answer.decision === 'blocked' ? null : toPublicId('reservation', reservationId) };
}
