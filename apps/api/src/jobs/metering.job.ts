import { fireAlerts } from '@metergate/core/limits/alerts/fire-alerts';
import { fireBudgetAlerts } from '@metergate/core/limits/budgets/fire-budget-alerts';
import { isBeingCounted } from '@metergate/core/limits/limits.errors';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import type { Container } from '../container.ts';
import { widthOfMany } from './each-organization.ts';
import { sideBySide } from './lanes.ts';
import type { Job } from './runner.ts';

const expiredPerPass = 200;

/** Gives back what reservations hold whose lease has ended. */
export function createReservationExpiryJob({ metering, clock }: Pick<Container, 'metering' | 'clock'>): Job {
  return {
    name: 'expire-reservations',
    run: () => metering.limits.ledger.expireReservations(clock.now(), expiredPerPass),
  };
}

/**
 * Looks at the totals that this process moved. What a crash forgets is noticed with the next use of the same
 * feature, because thresholds are read from the total and not from the event that crossed them; windows that have ended
 * are looked at again from the journal of the outage that moved them.
 */
export function createLimitAlertsJob(container: Pick<Container, 'metering' | 'unitOfWork'>): Job {
  const { metering, unitOfWork } = container;
  const deps = { ...metering.limits, alertReader: metering.alertReader, unitOfWork };
  return {
    name: 'limit-alerts',
    isOfProcess: true,
    async run() {
      let count = 0;
      const failures: unknown[] = [];
      const { totals, after } = metering.touched.take();
      await sideBySide(totals, widthOfMany, async ([organizationId, { features, past }]) => {
        try {
          const fired = await fireAlerts(deps, { organizationId, features, past });
          const budgets = await fireBudgetAlerts(deps, { organizationId });
          count += fired + budgets;
        } catch (error) {
          // Whatever cannot be looked at while the database is away is looked at when it is back.
          if (isForLater(error)) metering.touched.lookAt(organizationId, features, past);
          failures.push(error);
        }
      });
      if (failures.length === 0) for (const then of after) await then();
      else if (failures.every(isForLater)) for (const then of after) metering.touched.afterLook(then);
      const [failure] = failures.filter((error) => !isBeingCounted(error));
      if (failure !== undefined) throw failure;
      return count;
    },
  };
}

function isForLater(error: unknown): boolean {
  return isDatabaseAway(error) || isBeingCounted(error);
}
