import { AppError, type Clock, type IdSource } from '@metergate/core';
import { type ReconcileDeps, sweepOrganization } from '@metergate/core/payments/drift/reconcile-organization';
import type { EventWalkStore, InboundQueue } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization, type ListOrganizations } from './each-organization.ts';
import { recoverMissedEvents } from './recover-missed-events.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

export interface ReconcileJobDeps {
  sync: ReconcileDeps;
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
export function createReconcileJob(deps: ReconcileJobDeps): ScheduledJob {
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

async function sweepAll(deps: ReconcileJobDeps): Promise<{ organizations: number; repairedFields: number }> {
  const actor = { kind: 'job' as const, name: 'reconcile-stripe' };
  const totals = { organizations: 0, repairedFields: 0 };
  await eachOrganization(deps.listOrganizations, async (organizationId) => {
    try {
      const { repairedFields, told } = await sweepOrganization(deps.sync, { actor, organizationId });
      totals.repairedFields += repairedFields;
      totals.organizations += 1;
      for (const { id, object, kind } of told) {
        const fields = { alert: 'drift_open', organizationId, finding: id, object, kind };
        deps.log.error(fields, 'a difference with Stripe waits for a person');
      }
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
