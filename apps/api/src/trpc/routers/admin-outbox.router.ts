import { listMessages } from '@metergate/core/admin/outbox/list-messages';
import {
  outboxFilterSchema,
  outboxMessageViewSchema,
  outboxPageSchema,
  settleMessageSchema,
} from '@metergate/core/admin/outbox/outbox.schemas';
import { dismissMessage, retryMessage } from '@metergate/core/admin/outbox/settle-message';
import { outboxDeps } from '../../admin/outbox-deps.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

/** What was sent to Stripe, what waits, and what was given up. */
export const adminOutboxRouter = t.router({
  list: supportProcedure
    .input(outboxFilterSchema)
    .output(outboxPageSchema)
    .query(({ ctx, input }) => listMessages(outboxDeps(ctx.container), { actor: ctx.actor, input })),
  retry: billingOpsProcedure
    .input(settleMessageSchema)
    .output(outboxMessageViewSchema)
    .mutation(({ ctx, input }) => retryMessage(outboxDeps(ctx.container), { actor: ctx.actor, input })),
  dismiss: billingOpsProcedure
    .input(settleMessageSchema)
    .output(outboxMessageViewSchema)
    .mutation(({ ctx, input }) => dismissMessage(outboxDeps(ctx.container), { actor: ctx.actor, input })),
});
