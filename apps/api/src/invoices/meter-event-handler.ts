import type { Clock } from '@metergate/core';
import { deliverReport } from '@metergate/core/payments/report-usage/deliver-report';
import type { ReportUsageDeps } from '@metergate/core/payments/report-usage/report-usage.ports';
import { z } from 'zod';
import type { OutboxHandler } from '../jobs/outbox-handlers.ts';

const reportSchema = z.object({
  meter: z.string(),
  eventName: z.string(),
  stripeCustomerId: z.string(),
  value: z.string(),
  identifier: z.string(),
  at: z.coerce.date(),
});

/** Stripe knows an identifier for 24 hours; an hour less, because clocks differ. */
const IDENTIFIER_KNOWN_MS = 23 * 3_600_000;

/** Repeatable for ever: an old report is first looked for in what the meter has counted. */
export function createMeterEventHandler(deps: ReportUsageDeps & { clock: Clock }): OutboxHandler {
  return {
    isRepeatable: true,
    async send({ organizationId, payload, wasTried, createdAt }) {
      const report = reportSchema.parse(payload);
      const age = deps.clock.now().getTime() - createdAt.getTime();
      const isOutcomeForgotten = wasTried && age > IDENTIFIER_KNOWN_MS;
      return { result: await deliverReport(deps, { organizationId, report, isOutcomeForgotten }) };
    },
  };
}
