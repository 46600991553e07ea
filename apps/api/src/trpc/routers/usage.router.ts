import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import {
  recordUsageAnswerSchema,
  rejectedEventViewSchema,
  usageEventViewSchema,
  usageSeriesQuerySchema,
  usageSeriesViewSchema,
  usageSummaryViewSchema,
} from '@metergate/core/usage/usage.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const usageRouter = t.router({
  summary: memberProcedure.output(usageSummaryViewSchema).query(() => pending()),
  series: memberProcedure
    .input(usageSeriesQuerySchema)
    .output(usageSeriesViewSchema)
    .query(() => pending()),
  events: memberProcedure
    .input(
      pageQuerySchema.extend({
        meter: z.string().optional(),
        client: z.string().optional(),
        subject: z.string().optional(),
      }),
    )
    .output(pageSchema(usageEventViewSchema))
    .query(() => pending()),
  sendTestEvent: adminProcedure
    .input(z.object({ meter: z.string() }))
    .output(recordUsageAnswerSchema)
    .mutation(() => pending()),
  rejected: adminProcedure
    .input(pageQuerySchema)
    .output(pageSchema(rejectedEventViewSchema))
    .query(() => pending()),
  resendRejected: adminProcedure
    .input(z.object({ id: z.string() }))
    .output(recordUsageAnswerSchema)
    .mutation(() => pending()),
});
