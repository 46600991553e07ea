import { AppError, type Clock, type IdSource } from '@metergate/core';
import { sweepOrganization } from '@metergate/core/payments/sweep-organization';
import type { SyncDeps } from '@metergate/core/payments/sync-organization';
import type { EventWalkStore, InboundQueue } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, type ListOrganizations } from './each-organization.ts';
import { recoverMissedEvents } from './recover-missed-events.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

export interface ReconcileDeps {
  sync: SyncDeps;
  inbox: InboundQueue;
  walks: EventWalkStore;
  listOrganizations: ListOrganizations;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  wake: () => void;
}

const EVERY_SECONDS = 3_600;

/**
 * Once an hour: events that no webhook brought are put into the inbox, and every organization's open objects are
 * compared. Repairs only our side.
 */
export function createReconcileJob(deps: ReconcileDeps): ScheduledJob {
  return {
    name: 'reconcile-stripe',
    everySeconds: EVERY_SECONDS,
    async run() {
      const missed = await recoverMissedEvents({ ...deps, gateway: deps.sync.gateway });
      const swept = await sweepAll(deps);
      if (missed > 0) deps.wake();
      return { missed, ...swept };
    },
  };
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
