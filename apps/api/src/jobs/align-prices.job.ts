import type { Actor } from '@metergate/core';
import { alignPrices } from '@metergate/core/payments/own-prices/align-prices';
import { endExpiredOwnPrices } from '@metergate/core/payments/own-prices/end-expired-own-prices';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import { type Database, listOrganizationsWithOwnPrices } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { eachOrganization } from './each-organization.ts';
import type { OutboxHandler } from './outbox-handlers.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';

const everySeconds = 60;
const actor: Actor = { kind: 'job', name: 'align-prices' };

/** After an agreement was made or ended. Repeatable: it compares what is agreed with what Stripe has. */
export function createAlignPricesHandler(purchases: PurchaseDeps): OutboxHandler {
  return {
    isRepeatable: true,
    async send({ organizationId }) {
      await alignPrices(purchases, { actor, organizationId });
      return {};
    },
  };
}

/**
 * Every minute: own prices whose date has come are closed, and what the next renewal is charged at is brought in line
 * at Stripe. It looks at the state, so days without a scheduler are one run, and a run that fails is made up for.
 */
export function createAlignPricesJob(parts: {
  purchases: PurchaseDeps;
  database: Pick<Database, 'worker'>;
  log: Logger;
}): ScheduledJob {
  const { purchases, database, log } = parts;
  return {
    name: 'align-prices',
    everySeconds,
    async run() {
      let ended = 0;
      let aligned = 0;
      await eachOrganization(
        (after, limit) => listOrganizationsWithOwnPrices(database.worker, { after, limit }),
        async (organizationId) => {
          try {
            ended += await endExpiredOwnPrices(purchases, { organizationId });
            aligned += await alignPrices(purchases, { actor, organizationId });
          } catch (error) {
            const fields = { organizationId, error: describeError(error) };
            log.error(fields, 'own prices could not be brought in line; the next run looks again');
          }
        },
      );
      return { ended, aligned };
    },
  };
}
