import type { IdSource, UnitOfWork } from '@metergate/core';
import { syncQuantitiesKind } from '@metergate/core/organizations/clients/client-count-message';
import { settleScheduleKind } from '@metergate/core/payments/change/settle-schedule';
import { alignPricesKind } from '@metergate/core/payments/own-prices/alignment-message';
import {
  type ClickHouseClient,
  createMailQueue,
  createSimulatedClockStore,
  createUsageHabits,
  type Database,
  type Tx,
} from '@metergate/db';
import { createTransport } from 'nodemailer';
import { purchaseDeps } from '../billing/purchase-deps.ts';
import { createQuantityHandler } from '../billing/quantity-handler.ts';
import { createScheduleHandler } from '../billing/schedule-handler.ts';
import { monotonicMs } from '../clock/system-clock.ts';
import type { Container } from '../container.ts';
import type { Environment } from '../env.ts';
import { billUsageDeps } from '../invoices/bill-usage-deps.ts';
import { costDayDeps } from '../invoices/cost-day-deps.ts';
import { createMeterEventHandler } from '../invoices/meter-event-handler.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metering } from '../usage/metering.ts';
import { registerWebhooks } from '../webhooks/register-webhooks.ts';
import { createAlignPricesHandler, createAlignPricesJob } from './align-prices.job.ts';
import type { Background } from './background.ts';
import { createBillUsageJob } from './bill-usage.job.ts';
import { createBuySeatsJob } from './buy-seats.job.ts';
import { bulkJobOf } from './carry-out-bulk.job.ts';
import { createEndExpiredOverridesJob } from './end-expired-overrides.job.ts';
import { createLimitAlertsJob, createReservationExpiryJob } from './metering.job.ts';
import { createNoticeAnomaliesJob } from './notice-anomalies.job.ts';
import { createRelayUsageJob } from './relay-usage.job.ts';
import { createRemindJob } from './remind.job.ts';
import { createReportUsageJob } from './report-usage.job.ts';
import { createRetentionJob } from './retention.job.ts';
import { retireUsageJobs } from './retire-usage.job.ts';
import { createSendMailJob } from './send-mail.job.ts';
import { createTakeCostDaysJob } from './take-cost-days.job.ts';
import { createWatchClockJob } from './watch-clock.job.ts';

export interface JobParts {
  env: Environment;
  publicUrl: string;
  log: Logger;
  clock: Container['clock'];
  ids: IdSource;
  database: Database;
  unitOfWork: UnitOfWork<Tx>;
  catalog: Container['catalog'];
  metering: Metering;
  background: Background;
  clickhouse: ClickHouseClient | undefined;
  platformUnitOfWork: Container['platformUnitOfWork'];
  lifecycle: Container['lifecycle'];
  metrics: Container['metrics'];
}

/** Adds what the rest of the product wants done in the background, or sent to Stripe, to this process's jobs. */
export function registerJobs(parts: JobParts): void {
  const { env, publicUrl, log, clock, ids, database, unitOfWork, catalog, metering, background } = parts;
  const { gateway } = background.backgroundSync;
  const purchases = purchaseDeps({ ...parts, gateway });
  background.outboxHandlers[alignPricesKind] = createAlignPricesHandler(purchases);
  background.outboxHandlers[syncQuantitiesKind] = createQuantityHandler(purchases);
  background.outboxHandlers[settleScheduleKind] = createScheduleHandler(purchases);
  background.jobs.push(
    createReservationExpiryJob({ metering, clock }),
    createLimitAlertsJob({ metering, unitOfWork }),
    createBuySeatsJob({ purchases, database, log }),
    bulkJobOf(parts, { workerId: ids.next(), monotonicMs }),
  );
  background.jobs.push(
    createWatchClockJob({
      clock,
      simulatedClock: createSimulatedClockStore(database.platform),
      monotonicMs,
      isSimulated: env.TEST_SEAMS,
      registry: parts.metrics.registry,
      log,
    }),
  );
  const billing = billUsageDeps({ unitOfWork, gateway, clock, ids, catalog, metering, database });
  const reminding = { unitOfWork, clock, families: [...catalog.values()], publicUrl };
  background.outboxHandlers['stripe.meter_event'] = createMeterEventHandler(billing);
  registerWebhooks(parts);
  background.schedules.push(
    createReportUsageJob({ reporting: billing, database, clock, log }),
    createBillUsageJob({ billing, database, clock, log }),
    createRetentionJob({ database, clock }),
    ...retireUsageJobs(parts),
    createNoticeAnomaliesJob({
      notice: { ...metering.reading, unitOfWork, habits: createUsageHabits(database.platform) },
      database,
      log,
    }),
    createTakeCostDaysJob({ taking: costDayDeps(parts), clock, database, log }),
    createRemindJob({ remind: reminding, database, log }),
    createEndExpiredOverridesJob({ clock, unitOfWork, database, log }),
    createAlignPricesJob({ purchases, database, log }),
  );
  if (parts.clickhouse !== undefined) {
    background.jobs.push(createRelayUsageJob({ database, clickhouse: parts.clickhouse, log }));
  }
  if (env.SMTP_URL !== undefined) {
    const transport = createTransport(env.SMTP_URL);
    const from = env.MAIL_FROM ?? `Metergate <no-reply@${new URL(publicUrl).hostname}>`;
    const queue = createMailQueue(database.worker);
    background.jobs.push(createSendMailJob({ queue, transport, from, clock, log }));
  }
}
