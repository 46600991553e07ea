import { foreignOrigin } from '@metergate/core/payments/foreign-event';
import { noteRefusedUsage } from '@metergate/core/payments/refused-usage/note-refused-usage';
import { isReversal, type SyncScope, scopeOfEvent } from '@metergate/core/payments/sync-scope';
import type { ClaimedInboundEvent, InboundOutcome } from '@metergate/db';
import type { InboundDeps } from './process-inbound-events.job.ts';
import { attemptsMax } from './retry-delay.ts';

/** What can be said of an event by itself: how it ends, or what has to be read again for it. */
export type Ruling = { outcome: InboundOutcome } | { scope: SyncScope };

export async function ruleInboundEvent(deps: InboundDeps, event: ClaimedInboundEvent): Promise<Ruling> {
  const foreign = foreignOrigin({ ...event.payload, livemode: event.isLive }, deps.isLiveMode);
  if (foreign !== null) {
    const [alert, words] = foreignWords[foreign];
    deps.log.error({ alert, ...nameOf(event) }, words);
    return ignored(deps, foreign);
  }
  if (event.type.startsWith('v1.billing.meter.') || event.type.startsWith('billing.meter.error')) {
    return recordRefusedUsage(deps, event);
  }
  const scope = scopeOfEvent(event.type, event.objectId);
  if (scope === null) return ignored(deps, 'nothing_depends_on_it');
  if (event.stripeCustomerId === null) return findCustomer(deps, event);
  if (event.organizationId === null) {
    return { outcome: { status: 'parked', error: `customer ${event.stripeCustomerId} is unknown` } };
  }
  if (event.attempts >= attemptsMax) return { outcome: workerKiller(deps, event) };
  warnAboutForeignMetadata(deps, event);
  return { scope };
}

/** The samples that name reports of ours mark them; whatever else the event says is for people. */
async function recordRefusedUsage(deps: InboundDeps, event: ClaimedInboundEvent): Promise<Ruling> {
  const { unitOfWork, clock } = deps;
  const noted = await noteRefusedUsage({ unitOfWork, clock, gateway: deps.sync.gateway }, event.externalId);
  const fields = { alert: 'meter_event_refused', ...nameOf(event), payload: event.payload.data, noted };
  deps.log.error(fields, 'usage was refused');
  return ignored(deps, 'recorded');
}

const foreignWords = {
  other_mode: ['inbound_event_mode', 'an event of the other mode was ignored'],
  other_account: ['inbound_event_account', 'an event of another account was ignored'],
} as const;

/** Refunds and disputes do not name whose money it is; the event is handed on to the events of that customer. */
async function findCustomer(deps: InboundDeps, event: ClaimedInboundEvent): Promise<Ruling> {
  if (!isReversal(event.type) || event.objectId === null) return ignored(deps, 'no_customer');
  const reversals = await deps.sync.gateway.readReversals(event.objectId);
  const stripeCustomerId = reversals?.stripeCustomerId ?? null;
  if (stripeCustomerId === null) return ignored(deps, 'no_customer');
  return { outcome: { status: 'received', stripeCustomerId } };
}

/** Every worker that took it died before it could say why. */
function workerKiller(deps: InboundDeps, event: ClaimedInboundEvent): InboundOutcome {
  const fields = { alert: 'inbound_event_dead', ...nameOf(event), attempts: event.attempts };
  deps.log.error(fields, 'an event was given up because no worker survived it; it can be replayed');
  return { status: 'dead', error: 'INBOUND_WORKER_LOST: no worker survived it', attempts: event.attempts };
}

/** The stored customer decides whose event it is; text in an object's metadata may say anything. */
function warnAboutForeignMetadata(deps: InboundDeps, event: ClaimedInboundEvent): void {
  const data = event.payload.data as { object?: { metadata?: Record<string, unknown> } } | undefined;
  const named = data?.object?.metadata?.metergate_organization;
  if (named === undefined || named === event.organizationId) return;
  const { organizationId } = event;
  const fields = { alert: 'inbound_event_metadata', ...nameOf(event), organizationId };
  deps.log.error(fields, 'the metadata of an object names another organization; it was not followed');
}

function ignored(deps: InboundDeps, reason: string): Ruling {
  return { outcome: { status: 'ignored', at: deps.clock.now(), effect: { ignored: reason } } };
}

function nameOf({ externalId, type }: ClaimedInboundEvent) {
  return { externalId, type };
}
