import { AppError, type OrganizationId } from '@metergate/core';
import { effectSummary, type SyncEffect } from '@metergate/core/payments/apply-stripe-facts';
import { eventProblem } from '@metergate/core/payments/event-problem';
import type { MirrorTx } from '@metergate/core/payments/mirror.ports';
import { syncFromStripe } from '@metergate/core/payments/sync-organization';
import { joinScopes, type SyncScope } from '@metergate/core/payments/sync-scope';
import type { ClaimedInboundEvent, InboundEnding, InboundOutcome } from '@metergate/db';
import { crashPoint } from '../crash-points.ts';
import { describeError } from '../logging/logger.ts';
import type { InboundDeps } from './process-inbound-events.job.ts';
import { attemptsMax, retryDelaySeconds } from './retry-delay.ts';

export interface ReadableEvent {
  event: ClaimedInboundEvent;
  scope: SyncScope;
}

type Outcome = InboundEnding['outcome'];

/**
 * Settles events of one organization by one reading, which began after all of them had been stored and so is newer
 * than each. What changes, the marks of the events and the audit rows commit together. When the joint work fails, each
 * event is tried alone the next time: then the one at fault fails alone.
 */
export async function applyInboundEvents(
  deps: InboundDeps,
  { organizationId, readable }: { organizationId: OrganizationId; readable: readonly ReadableEvent[] },
): Promise<Outcome[]> {
  const meaningless = new Map<string, AppError>();
  const scope = joinScopes(readable.map((one) => one.scope));
  const leader = readable.find((one) => one.scope.subscriptions === true) ?? readable[0];
  const actor = { kind: 'stripe_event' as const, eventId: leader?.event.externalId ?? '' };
  try {
    const effect = await syncFromStripe(deps.sync, { organizationId, actor, scope }, async (tx, applied) => {
      meaningless.clear();
      for (const { event } of readable) {
        const problem = eventProblem(event.objectId, applied);
        if (problem !== null) meaningless.set(event.id, problem);
      }
      crashPoint('inbound.between_writes');
      const settled = readable.map(({ event }) => event).filter(({ id }) => !meaningless.has(id));
      await mark(deps, tx, { organizationId, settled, applied });
    });
    reportIssues(deps, organizationId, effect);
  } catch (error) {
    return readable.map(({ event }) => failure(deps, { event, error, isAlone: readable.length === 1 }));
  }
  return readable.map(({ event }) => {
    const problem = meaningless.get(event.id);
    return problem === undefined
      ? { status: 'processed' }
      : failure(deps, { event, error: problem, isAlone: true });
  });
}

/** The first event carries what changed, the others say with whom they were settled: one effect has one cause. */
async function mark(
  deps: InboundDeps,
  tx: MirrorTx,
  {
    organizationId,
    settled,
    applied,
  }: { organizationId: OrganizationId; settled: readonly ClaimedInboundEvent[]; applied: SyncEffect },
): Promise<void> {
  const [first] = settled;
  if (first === undefined) return;
  const events = settled.map((event) => ({
    id: event.id,
    effect:
      event === first ? effectSummary(applied) : { changes: [], issues: [], settledWith: first.externalId },
  }));
  const isOurs = await tx.inboundEvents.markProcessed(organizationId, {
    events,
    leasedBy: deps.workerId,
    at: deps.clock.now(),
  });
  if (!isOurs) throw leaseLost(first);
}

function reportIssues(deps: InboundDeps, organizationId: OrganizationId, { issues }: SyncEffect): void {
  for (const issue of issues) {
    const fields = { alert: issue.code, stripeId: issue.stripeId, organizationId };
    deps.log.error(fields, 'a subscription at Stripe does not fit the catalogue');
  }
}

/** No answer from Stripe is nobody's fault and never uses up an attempt. */
export function failure(
  deps: InboundDeps,
  { event, error, isAlone }: { event: ClaimedInboundEvent; error: unknown; isAlone: boolean },
): InboundOutcome {
  const text = error instanceof AppError ? `${error.code}: ${error.message}` : describeText(error);
  if (error instanceof AppError && error.kind === 'unavailable') {
    const retryInSeconds = error.retryAfterSeconds ?? 5;
    return { status: 'failed', error: text, retryInSeconds, attempts: event.attempts };
  }
  const attempts = event.attempts + 1;
  const fields = { externalId: event.externalId, type: event.type, attempts, error: describeError(error) };
  if (attempts < attemptsMax) {
    deps.log.warn(fields, 'an event could not be applied and will be tried again');
    const retryInSeconds = isAlone ? retryDelaySeconds(attempts) : 0;
    return { status: 'failed', error: text, retryInSeconds, attempts };
  }
  deps.log.error({ ...fields, alert: 'inbound_event_dead' }, 'an event was given up; it can be replayed');
  return { status: 'dead', error: text, attempts };
}

function leaseLost(event: ClaimedInboundEvent): AppError {
  return new AppError({
    code: 'INBOUND_LEASE_LOST',
    kind: 'conflict',
    severity: 'warning',
    message: `another worker took over ${event.externalId}`,
    userMessage: 'Another worker handles this event.',
  });
}

function describeText(error: unknown): string {
  const { name, message } = describeError(error);
  return `${name ?? 'Error'}: ${message}`;
}
