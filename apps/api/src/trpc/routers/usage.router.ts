import { toPublicId } from '@metergate/core';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { anomalyViewSchema, listAnomalies } from '@metergate/core/usage/anomalies/list-anomalies';
import { backfillViewSchema, revertAnswerSchema } from '@metergate/core/usage/backfills/backfills.schemas';
import { listBackfills } from '@metergate/core/usage/backfills/read-backfills';
import { revertBackfill } from '@metergate/core/usage/backfills/revert-backfill';
import { listUsageChecks, usageCheckViewSchema } from '@metergate/core/usage/reading/check-against-sender';
import { listRejectedEvents, listUsageEvents } from '@metergate/core/usage/reading/list-usage-events';
import { readUsageParts } from '@metergate/core/usage/reading/read-usage-parts';
import { readUsageSeries } from '@metergate/core/usage/reading/read-usage-series';
import { readUsageSummary } from '@metergate/core/usage/reading/read-usage-summary';
import { resendRejectedEvent } from '@metergate/core/usage/reading/resend-rejected';
import { recordTestEvent } from '@metergate/core/usage/record-test-event';
import {
  recordUsageAnswerSchema,
  rejectedEventViewSchema,
  usageEventViewSchema,
  usageSeriesQuerySchema,
  usageSeriesViewSchema,
  usageSummaryViewSchema,
} from '@metergate/core/usage/usage.schemas';
import {
  listedPartSchema,
  usagePartsQuerySchema,
  usagePartsViewSchema,
} from '@metergate/core/usage/usage-parts.schemas';
import { z } from 'zod';
import { revertBackfillDeps } from '../../usage/correct-usage-deps.ts';
import { t } from '../init.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const usageRouter = t.router({
  summary: memberProcedure
    .output(usageSummaryViewSchema)
    .query(({ ctx }) => readUsageSummary(ctx.container.metering.reading, ctx)),
  series: memberProcedure
    .input(usageSeriesQuerySchema)
    .output(usageSeriesViewSchema)
    .query(({ ctx, input }) =>
      readUsageSeries(ctx.container.metering.reading, { organizationId: ctx.organizationId, input }),
    ),
  events: memberProcedure
    .input(
      pageQuerySchema.extend({
        meter: z.string().optional(),
        client: z.string().optional(),
        subject: z.string().optional(),
        from: z.string().max(40).optional(),
        to: z.string().max(40).optional(),
        part: listedPartSchema.optional(),
      }),
    )
    .output(pageSchema(usageEventViewSchema))
    .query(({ ctx, input }) => {
      const { reading, usage } = ctx.container.metering;
      const deps = { ...reading, directory: usage.directory };
      return listUsageEvents(deps, { organizationId: ctx.organizationId, input });
    }),
  parts: memberProcedure
    .input(usagePartsQuerySchema)
    .output(usagePartsViewSchema)
    .query(({ ctx, input }) =>
      readUsageParts(ctx.container.metering.reading, { organizationId: ctx.organizationId, input }),
    ),
  anomalies: memberProcedure
    .output(z.array(anomalyViewSchema))
    .query(({ ctx }) => listAnomalies(ctx.container, ctx)),
  sendTestEvent: adminProcedure
    .input(z.object({ meter: z.string() }))
    .output(recordUsageAnswerSchema)
    .mutation(({ ctx, input }) =>
      recordTestEvent(
        { ...ctx.container.metering.usage, ids: ctx.container.ids },
        {
          actor: ctx.actor,
          organization: toPublicId('organization', ctx.organizationId),
          meter: input.meter,
        },
      ),
    ),
  checks: adminProcedure
    .output(z.array(usageCheckViewSchema))
    .query(({ ctx }) => listUsageChecks(ctx.container, ctx)),
  backfills: adminProcedure
    .output(z.array(backfillViewSchema))
    .query(({ ctx }) => listBackfills(ctx.container, ctx)),
  revertBackfill: adminProcedure
    .input(z.object({ id: z.string(), reason: z.string().max(500) }))
    .output(revertAnswerSchema)
    .mutation(({ ctx, input }) =>
      revertBackfill(revertBackfillDeps(ctx.container), {
        ...{ actor: ctx.actor, organizationId: ctx.organizationId, isDryRun: false },
        ...input,
      }),
    ),
  previewRevert: adminProcedure
    .input(z.object({ id: z.string() }))
    .output(revertAnswerSchema)
    .query(({ ctx, input }) =>
      revertBackfill(revertBackfillDeps(ctx.container), {
        ...{ actor: ctx.actor, organizationId: ctx.organizationId, isDryRun: true, reason: 'preview' },
        ...input,
      }),
    ),
  rejected: adminProcedure
    .input(pageQuerySchema)
    .output(pageSchema(rejectedEventViewSchema))
    .query(({ ctx, input }) =>
      listRejectedEvents(ctx.container.metering.reading, { organizationId: ctx.organizationId, input }),
    ),
  resendRejected: adminProcedure
    .input(z.object({ id: z.string() }))
    .output(recordUsageAnswerSchema)
    .mutation(({ ctx, input }) => {
      const { usage, reading } = ctx.container.metering;
      const request = { actor: ctx.actor, organizationId: ctx.organizationId, id: input.id };
      return resendRejectedEvent({ ...usage, reader: reading.reader }, request);
    }),
});
