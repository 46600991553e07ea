import { changeAtSchema, subscriptionViewSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { changeSubscription } from '../../admin/change-subscription.ts';
import { t } from '../init.ts';
import { billingOpsProcedure } from '../procedures.ts';

const target = z.object({
  organization: z.string(),
  subscriptionId: z.string(),
  reason: z.string().trim().min(3).max(500),
});
const extension = target.extend({ days: z.number().int().min(1).max(90) });
const changed = z.array(subscriptionViewSchema);

export const adminSubscriptionsRouter = t.router({
  pause: billingOpsProcedure
    .input(target)
    .output(changed)
    .mutation(({ ctx, input }) =>
      changeSubscription(ctx.container, { ...input, actor: ctx.actor }, { kind: 'pause' }),
    ),
  resume: billingOpsProcedure
    .input(target)
    .output(changed)
    .mutation(({ ctx, input }) =>
      changeSubscription(ctx.container, { ...input, actor: ctx.actor }, { kind: 'resume' }),
    ),
  cancel: billingOpsProcedure
    .input(target.extend({ at: changeAtSchema }))
    .output(changed)
    .mutation(({ ctx, input: { at, ...request } }) =>
      changeSubscription(ctx.container, { ...request, actor: ctx.actor }, { kind: 'cancel', at }),
    ),
  extendTrial: billingOpsProcedure
    .input(extension)
    .output(changed)
    .mutation(({ ctx, input: { days, ...request } }) =>
      changeSubscription(ctx.container, { ...request, actor: ctx.actor }, { kind: 'extend_trial', days }),
    ),
  extendGrace: billingOpsProcedure
    .input(extension)
    .output(changed)
    .mutation(({ ctx, input: { days, ...request } }) =>
      changeSubscription(ctx.container, { ...request, actor: ctx.actor }, { kind: 'extend_grace', days }),
    ),
});
