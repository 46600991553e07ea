import { AppError, type Clock, type IdSource } from '@metergate/core';
import type { ListedEvent } from '@metergate/core/payments/payment-gateway.ports';
import { sweepOrganization } from '@metergate/core/payments/sweep-organization';
import type { SyncDeps } from '@metergate/core/payments/sync-organization';
import type { InboundQueue } from '@metergate/db';
import { readEvent } from '@metergate/stripe';
import { inboundEventHash } from '../http/inbound-event-hash.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, type ListOrganizations } from './each-organization.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

export interface ReconcileDeps {
  sync: SyncDeps;
  inbox: InboundQueue;
  listOrganizations: ListOrganizations;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  wake: () => void;
}

const EVERY_SECONDS = 3_600;
/** Events are looked for from an hour before the last sweep: Stripe lists some of them late. */
const OVERLAP_MS = 3_600_000;
/** Stripe keeps events for 30 days. */
const EVENTS_KEPT_MS = 30 * 86_400_000;
const EVENTS_MAX = 1_000;

/**
 * Once an hour: events that no webhook brought are put into the inbox, and every organization's open objects are
 * compared. Repairs only our side.
 */
export function createReconcileJob(deps: ReconcileDeps): ScheduledJob {
  return {
    name: 'reconcile-stripe',
    everySeconds: EVERY_SECONDS,
    async run({ previousDueAt }) {
      const missed = await fetchMissedEvents(deps, previousDueAt);
      const swept = await sweepAll(deps);
      if (missed > 0) deps.wake();
      return { missed, ...swept };
    },
  };
}

async function fetchMissedEvents(deps: ReconcileDeps, previousDueAt: Date | null): Promise<number> {
  const createdAfter = deps.clock.now();
  const since = (previousDueAt?.getTime() ?? 0) - OVERLAP_MS;
  createdAfter.setTime(Math.max(since, createdAfter.getTime() - EVENTS_KEPT_MS));
  const events = await deps.sync.gateway.listEvents({ createdAfter, limit: EVENTS_MAX });
  let missed = 0;
  for (const event of events) {
    if (await storeMissed(deps, event)) missed += 1;
  }
  return missed;
}

async function storeMissed(deps: ReconcileDeps, { payload }: ListedEvent): Promise<boolean> {
  const event = readEvent(payload);
  const { inserted } = await deps.inbox.insert({
    ...event,
    id: deps.ids.next(),
    payloadHash: inboundEventHash(payload),
    receivedAt: deps.clock.now(),
  });
  return inserted;
}

async function sweepAll(deps: ReconcileDeps): Promise<{ organizations: number; repairedFields: number }> {
  const actor = { kind: 'job' as const, name: 'reconcile-stripe' };
  const totals = { organizations: 0, repairedFields: 0 };
  await eachOrganization(deps.listOrganizations, async (organizationId) => {
    try {
      totals.repairedFields += await sweepOrganization(deps.sync, { actor, organizationId });
      totals.organizations += 1;
    } catch (error) {
      // Without Stripe the rest would only fail the same way; the next sweep starts anew.
      if (error instanceof AppError && error.kind === 'unavailable') throw error;
      deps.log.error(
        { organizationId, error: describeError(error) },
        'an organization could not be compared',
      );
    }
  });
  return totals;
}
