import {
  emailRowSchema,
  inboundEventRowSchema,
  inboundEventStatusSchema,
  inboundEventViewSchema,
  replayAnswerSchema,
} from '@metergate/core/admin/admin.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

export const adminEventsRouter = t.router({
  list: supportProcedure
    .input(
      pageQuerySchema.extend({
        status: inboundEventStatusSchema.optional(),
        type: z.string().max(100).optional(),
        organization: z.string().max(100).optional(),
      }),
    )
    .output(pageSchema(inboundEventRowSchema).extend({ counts: z.record(z.string(), z.number().int()) }))
    .query(() => pending()),
  get: supportProcedure
    .input(z.object({ id: z.string() }))
    .output(inboundEventViewSchema)
    .query(() => pending()),
  dryRun: supportProcedure
    .input(z.object({ id: z.string() }))
    .output(replayAnswerSchema)
    .mutation(() => pending()),
  replay: billingOpsProcedure
    .input(z.object({ id: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(replayAnswerSchema)
    .mutation(() => pending()),
  emails: supportProcedure
    .input(pageQuerySchema)
    .output(pageSchema(emailRowSchema))
    .query(() => pending()),
});
