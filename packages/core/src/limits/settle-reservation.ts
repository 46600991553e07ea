import { AppError } from '../shared/app-error.ts';
import { fromPublicId, notFound, type OrganizationId, requirePublicId } from '../shared/ids.ts';
import { parseQuantity } from '../shared/money/quantity.ts';
import { counterKeyOf } from './counter-key.ts';
import { toLimitAnswer } from './limit-answer.ts';
import type { LimitDeps } from './limit-deps.ts';
import { type LimitSubject, receiptTermsOf, settlingGrantOf } from './limit-subject.ts';
import { reservationSettled } from './limits.errors.ts';
import { isLeaseOver, type Settled, type StoredReservation, settledVerdict } from './limits.ports.ts';
import { isDatabaseAway } from './outage/decide-in-outage.ts';
import { keepReport, keptAnswer } from './outage/keep-report.ts';
import type { ReserveAnswer } from './reserve-limit.ts';

/** Records what was really used, more or less than held, also after the lease. The same call again changes nothing. */
export function commitReservation(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; id: string; quantity: unknown },
): Promise<ReserveAnswer> {
  return settleOrKeep(deps, { ...request, operation: 'commit' });
}

/** Gives everything back. A reservation that is settled already stays as it is. */
export function releaseReservation(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; id: string },
): Promise<ReserveAnswer> {
  return settleOrKeep(deps, { ...request, quantity: '0', operation: 'release' });
}

const attemptsMax = 3;

export interface SettleRequest {
  organizationId: OrganizationId;
  id: string;
  quantity: unknown;
  operation: 'commit' | 'release';
}

/** The work is done whatever the database does: while it is away the settlement is kept, and counted when it is back. */
async function settleOrKeep(deps: LimitDeps, request: SettleRequest): Promise<ReserveAnswer> {
  try {
    return await settleReservation(deps, request);
  } catch (error) {
    if (!isDatabaseAway(error) && !isWaiting(deps, request, error)) throw error;
    const { organizationId, operation } = request;
    const reservationId = requirePublicId('reservation', request.id);
    const quantity = parseQuantity(request.quantity);
    const receiptId = deps.ledger.derivedId(organizationId, operation, reservationId);
    const report = { kind: 'settle', operation, reservationId, quantity } as const;
    await keepReport(deps, { receiptId, organizationId, report });
    return { ...keptAnswer(receiptId), id: request.id };
  }
}

/** The reservation was granted without the database a moment ago and is not in it yet. */
function isWaiting({ ledger, outage }: LimitDeps, request: SettleRequest, error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') return false;
  const reservationId = fromPublicId('reservation', request.id);
  if (reservationId === undefined) return false;
  return outage.holds(ledger.derivedId(request.organizationId, 'reserve', reservationId));
}

/** The same without a database that is away; how a kept settlement is carried over. Safe to repeat. */
export async function settleReservation(
  deps: Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'onUsage'>,
  request: SettleRequest,
): Promise<ReserveAnswer> {
  const { operation } = request;
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
  deps: Pick<LimitDeps, 'entitlements' | 'clock'>,
  request: {
    organizationId: OrganizationId;
    reservation: StoredReservation;
    operation: 'commit' | 'release';
  },
): Promise<LimitSubject> {
  const { organizationId, reservation, operation } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const { feature, quantity, clientId, subject, createdAt: countedAt } = reservation;
  const grant = settlingGrantOf(snapshot, feature);
  return { snapshot, grant, at: deps.clock.now(), countedAt, operation, quantity, clientId, subject };
}

async function settleNow(
  deps: Pick<LimitDeps, 'ledger' | 'onUsage'>,
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
  deps: Pick<LimitDeps, 'ledger'>,
  subject: LimitSubject,
  reservation: StoredReservation,
): Promise<Settled> {
  const levels = await deps.ledger.levels(counterKeyOf(subject, reservation.createdAt));
  const { limit, quantity } = receiptTermsOf(subject);
  const { organizationId } = subject.snapshot.facts;
  const receiptId = deps.ledger.derivedId(organizationId, subject.operation, reservation.id);
  const { settledAt } = reservation;
  const isLate = subject.operation === 'commit' && settledAt !== null && isLeaseOver(reservation, settledAt);
  return { ...settledVerdict({ isLate }), receiptId, levels, limit, quantity };
}
