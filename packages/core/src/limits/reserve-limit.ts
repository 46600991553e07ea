import { notFound, type OrganizationId, requirePublicId, toPublicId } from '../shared/ids.ts';
import { quantityInvalid } from '../shared/money/money.errors.ts';
import { parseQuantity } from '../shared/money/quantity.ts';
import { otherCountersOf } from './ceilings.ts';
import { deciderOf } from './consume-limit.ts';
import { counterKeyOf, isConsumable } from './counter-key.ts';
import { toLimitAnswer } from './limit-answer.ts';
import type { LimitDeps, LimitInput } from './limit-deps.ts';
import { grantOf, type LimitSubject, receiptTermsOf } from './limit-subject.ts';
import { featureNotConsumable, reservationSettled } from './limits.errors.ts';
import type { Settled, StoredReservation } from './limits.ports.ts';
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
  const subject = await readSubjectOrRefuse(deps, { ...request, operation: 'reserve' });
  if (!isConsumable(subject)) throw featureNotConsumable(subject.grant.feature.key);
  if (subject.quantity === '0') throw quantityInvalid('of a reservation must be more than zero');
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
      return toLimitAnswer(subject, settled, decider.last()?.upgradeTo ?? null);
    },
    receiptId: deps.ledger.derivedId(organizationId, 'reserve', reservationId),
    effect: { kind: 'reserve', ...hold },
  });
  return { ...answer, id: answer.decision === 'blocked' ? null : toPublicId('reservation', reservationId) };
}

/** Records what was really used, more or less than held, also after the lease. The same call again changes nothing. */
export function commitReservation(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; id: string; quantity: unknown },
): Promise<ReserveAnswer> {
  return settle(deps, request, 'commit');
}

/** Gives everything back. A reservation that is settled already stays as it is. */
export function releaseReservation(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; id: string },
): Promise<ReserveAnswer> {
  return settle(deps, { ...request, quantity: '0' }, 'release');
}

const attemptsMax = 3;

async function settle(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; id: string; quantity: unknown },
  operation: 'commit' | 'release',
): Promise<ReserveAnswer> {
  const id = requirePublicId('reservation', request.id);
  const quantity = parseQuantity(request.quantity);
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const reservation = await deps.ledger.findReservation(request.organizationId, id);
    if (reservation === undefined) throw notFound('reservation');
    const subject = await subjectOf(deps, { organizationId: request.organizationId, reservation, operation });
    const settled =
      settledEarlier(reservation, operation, quantity) === 'yes'
        ? await repeat(deps, subject, reservation)
        : await settleNow(deps, { ...subject, quantity }, reservation);
    if (settled !== undefined) return { ...toLimitAnswer(subject, settled, null), id: request.id };
  }
  throw reservationSettled('changing');
}

function settledEarlier(
  reservation: StoredReservation,
  operation: 'commit' | 'release',
  quantity: string,
): 'yes' | 'no' {
  if (operation === 'release') return reservation.status === 'held' ? 'no' : 'yes';
  if (reservation.status === 'committed' && reservation.committedQuantity === quantity) return 'yes';
  if (reservation.status === 'committed' || reservation.status === 'released') {
    throw reservationSettled(reservation.status);
  }
  return 'no';
}

async function subjectOf(
  deps: LimitDeps,
  request: {
    organizationId: OrganizationId;
    reservation: StoredReservation;
    operation: 'commit' | 'release';
  },
): Promise<LimitSubject> {
  const { organizationId, reservation, operation } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const { feature, quantity, clientId, subject } = reservation;
  const grant = grantOf(snapshot, feature);
  return { snapshot, grant, at: deps.clock.now(), operation, quantity, clientId, subject };
}

async function settleNow(
  deps: LimitDeps,
  subject: LimitSubject,
  reservation: StoredReservation,
): Promise<Settled | undefined> {
  const key = counterKeyOf(subject, reservation.createdAt);
  const settled = await deps.ledger.settle({
    reservation,
    key,
    terms: receiptTermsOf(subject),
    entry:
      subject.operation === 'release'
        ? null
        : {
            organizationId: key.organizationId,
            aggregation: key.aggregation,
            source: 'commit',
            draft: {
              id: reservation.eventId,
              meter: reservation.feature,
              quantity: subject.quantity,
              // The work began when it was reserved: it counts in the window that it was held in.
              occurredAt: reservation.createdAt,
              clientId: reservation.clientId,
              subject: reservation.subject,
              properties: null,
            },
          },
  });
  if (settled !== undefined) deps.onUsage?.(key.organizationId, key.feature);
  return settled;
}

async function repeat(
  deps: LimitDeps,
  subject: LimitSubject,
  reservation: StoredReservation,
): Promise<Settled> {
  const levels = await deps.ledger.levels(counterKeyOf(subject, reservation.createdAt));
  const { limit, quantity } = receiptTermsOf(subject);
  const { organizationId } = subject.snapshot.facts;
  const receiptId = deps.ledger.derivedId(organizationId, subject.operation, reservation.id);
  return { decision: 'allowed', reason: null, receiptId, levels, limit, quantity };
}
