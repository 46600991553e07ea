import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import { parseQuantity, type Quantity } from '../shared/money/quantity.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { isEventText } from './event-text.ts';
import { correctionReasonMissing, usageAlreadyVoided } from './usage.errors.ts';
import type { UsageCorrections } from './usage.ports.ts';

export interface CorrectUsageDeps {
  clock: Clock;
  corrections: UsageCorrections;
  unitOfWork: UnitOfWork<{ audit: AuditLog }>;
}

export interface CorrectUsageRequest {
  actor: Actor;
  organizationId: OrganizationId;
  eventId: string;
  reason: string;
  /** What the event should have said; null takes it back altogether. */
  quantity: unknown;
}

export interface CorrectedUsage {
  id: string;
  adjusts: string;
  kind: 'void' | 'amend';
  /** What the correction adds to the total; negative when less was used than reported. */
  quantity: Quantity;
}

/**
 * Corrects a reported event by appending another one at the same instant; the original stays as it was. Because a
 * correction brings an event to zero or to a quantity that is not negative, no period can fall below zero. The same
 * correction again changes nothing. @throws NOT_FOUND, QUANTITY_INVALID, USAGE_ALREADY_VOIDED, REASON_MISSING
 */
export async function correctUsage(
  deps: CorrectUsageDeps,
  request: CorrectUsageRequest,
): Promise<CorrectedUsage> {
  const { actor, organizationId, eventId, reason } = request;
  if (reason.trim().length < 3) throw correctionReasonMissing();
  const target = request.quantity === null ? null : parseQuantity(request.quantity);
  if (!isEventText(eventId)) throw notFound('usage event');
  const at = deps.clock.now();
  const outcome = await deps.corrections.correct(organizationId, { eventId, target, at });
  if (outcome === 'not_found') throw notFound('usage event');
  if (outcome === 'voided') throw usageAlreadyVoided();
  const { id, kind, quantity, before, isNew } = outcome;
  if (isNew) {
    await deps.unitOfWork.run(organizationId, ({ audit }) =>
      audit.append({
        organizationId,
        actor,
        action: kind === 'void' ? 'usage_event.voided' : 'usage_event.amended',
        target: { kind: 'usage_event', id: eventId },
        reason,
        before: { quantity: before },
        after: { quantity: target ?? '0', correction: id },
      }),
    );
  }
  return { id, adjusts: eventId, kind, quantity };
}
