import type { OrganizationId } from '@metergate/core';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import { buyMissingSeats } from '@metergate/core/payments/seats/buy-missing-seats';
import { type Database, listOrganizationsMissingSeats } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import type { Job, JobPass } from './runner.ts';

const PER_PASS = 50;
/** People of one invitation arrive one after the other; they are bought for together. */
const QUIET_MS = 5_000;
/** Passes to leave out after one that could not be carried out, so that an outage is not asked every second. */
const PASSES_TO_REST = 30;

interface BuyingParts {
  purchases: PurchaseDeps;
  database: Pick<Database, 'worker'>;
  log: Logger;
}

/** Buys seats for organizations that allow it and use more than they have. */
export function createBuySeatsJob(parts: BuyingParts): Job {
  const resting = new Map<OrganizationId, number>();
  return {
    name: 'buy-seats',
    async run(pass) {
      countDown(resting);
      let count = 0;
      for (const organizationId of await listDue(parts, pass)) {
        if (pass.isStopping()) return count;
        if (pass.deferred.has(organizationId) || (!pass.isHurried && resting.has(organizationId))) continue;
        if (await isSettled(parts, organizationId)) {
          count += 1;
        } else {
          pass.deferred.add(organizationId);
          resting.set(organizationId, PASSES_TO_REST);
        }
      }
      return count;
    },
  };
}

function listDue({ purchases, database }: BuyingParts, { isHurried }: JobPass): Promise<OrganizationId[]> {
  const quietSince = purchases.clock.now();
  if (!isHurried) quietSince.setTime(quietSince.getTime() - QUIET_MS);
  return listOrganizationsMissingSeats(database.worker, { quietSince, limit: PER_PASS });
}

async function isSettled({ purchases, log }: BuyingParts, organizationId: OrganizationId): Promise<boolean> {
  try {
    const outcome = await buyMissingSeats(purchases, { organizationId });
    return outcome === 'bought' || outcome === 'stopped';
  } catch (error) {
    log.error({ organizationId, error: describeError(error) }, 'missing seats could not be bought');
    return false;
  }
}

function countDown(resting: Map<OrganizationId, number>): void {
  for (const [id, left] of resting) {
    if (left <= 1) resting.delete(id);
    else resting.set(id, left - 1);
  }
}
