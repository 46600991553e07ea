import {
  emailRowSchema,
  inboundEventOdditySchema,
  inboundEventRowSchema,
  inboundEventStatusSchema,
  inboundEventViewSchema,
  replayAnswerSchema,
} from '@metergate/core/admin/admin.schemas';
import { getInboundEvent, listInboundEvents } from '@metergate/core/admin/inspect-inbound-events';
import { dryRunReplay, replayInboundEvent } from '@metergate/core/admin/replay-inbound-event';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { listEmails } from '@metergate/db';
import { z } from 'zod';
import type { Container } from '../../container.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

export const adminEventsRouter = t.router({
  list: supportProcedure
    .input(
      pageQuerySchema.extend({
        status: inboundEventStatusSchema.optional(),
        type: z.string().max(100).optional(),
        oddity: inboundEventOdditySchema.optional(),
        organization: z.string().max(100).optional(),
      }),
    )
    .output(pageSchema(inboundEventRowSchema).extend({ counts: z.record(z.string(), z.number().int()) }))
    .query(({ ctx, input }) => listInboundEvents(ctx.container.background, { actor: ctx.actor, input })),
  get: supportProcedure
    .input(z.object({ id: z.string() }))
    .output(inboundEventViewSchema)
    .query(({ ctx, input }) => getInboundEvent(ctx.container.background, { actor: ctx.actor, input })),
  dryRun: supportProcedure
    .input(z.object({ id: z.string() }))
    .output(replayAnswerSchema)
    .mutation(({ ctx, input }) => dryRunReplay(replayDeps(ctx.container), { actor: ctx.actor, input })),
  replay: billingOpsProcedure
    .input(z.object({ id: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(replayAnswerSchema)
    .mutation(({ ctx, input }) => replayInboundEvent(replayDeps(ctx.container), { actor: ctx.actor, input })),
  emails: supportProcedure
    .input(pageQuerySchema)
    .output(pageSchema(emailRowSchema))
    .query(({ ctx, input }) => listEmails(ctx.container.database.platform, input)),
});

function replayDeps({ background, platformUnitOfWork, wake }: Container) {
  const { inboundEvents, sync, stripeMode } = background;
  return { inboundEvents, sync, platformUnitOfWork, wake, isLiveMode: stripeMode === 'live' };
}
