import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import { parseQuantity, type Quantity } from '../shared/money/quantity.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { isEventText } from './event-text.ts';
import { correctionReasonMissing, usageAlreadyVoided, usageEventRetired } from './usage.errors.ts';
import type { UsageCorrections } from './usage.ports.ts';
import type { MeterAggregation } from './usage-event.ts';
import type { UsageReopenings } from './usage-reopenings.ports.ts';

export interface CorrectUsageTx {
  audit: AuditLog;
  usageCorrections: UsageCorrections;
  usageReopenings: UsageReopenings;
}

export interface CorrectUsageDeps {
  clock: Clock;
  aggregationOf: (meter: string) => MeterAggregation | undefined;
  /** Told which totals moved, so that thresholds are looked at soon. */
  onUsage?: (organizationId: OrganizationId, meter: string) => void;
  unitOfWork: UnitOfWork<CorrectUsageTx>;
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
 * correction again changes nothing. @throws NOT_FOUND, QUANTITY_INVALID, USAGE_ALREADY_VOIDED, USAGE_EVENT_RETIRED,
 * REASON_MISSING
 */
export async function correctUsage(
  deps: CorrectUsageDeps,
  request: CorrectUsageRequest,
): Promise<CorrectedUsage> {
  const { actor, organizationId, eventId, reason } = request;
  if (reason.trim().length < 3) throw correctionReasonMissing();
  const target = request.quantity === null ? null : parseQuantity(request.quantity);
  if (!isEventText(eventId)) throw notFound('usage event');
  const correction = { eventId, target, at: deps.clock.now(), aggregationOf: deps.aggregationOf };
  const { id, meter, kind, quantity, isNew } = await deps.unitOfWork.run(organizationId, async (tx) => {
    const outcome = await tx.usageCorrections.correct(organizationId, correction);
    if (outcome === 'not_found') throw notFound('usage event');
    if (outcome === 'retired') throw usageEventRetired();
    if (outcome === 'voided') throw usageAlreadyVoided();
    if (outcome.isNew) {
      await tx.usageReopenings.noteEvent(organizationId, { eventId, notedAt: correction.at });
      await tx.audit.append({
        organizationId,
        actor,
        action: outcome.kind === 'void' ? 'usage_event.voided' : 'usage_event.amended',
        target: { kind: 'usage_event', id: eventId },
        reason,
        before: { quantity: outcome.before },
        after: { quantity: target ?? '0', correction: outcome.id },
      });
    }
    return outcome;
  });
  if (isNew) deps.onUsage?.(organizationId, meter);
  return { id, adjusts: eventId, kind, quantity };
}
