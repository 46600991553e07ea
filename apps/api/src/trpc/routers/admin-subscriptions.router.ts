import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import { changeAtSchema, subscriptionViewSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import {
  agreedPeriodsSchema,
  tailoredOfferViewSchema,
  tailoredTermsSchema,
} from '@metergate/core/subscriptions/tailored.schemas';
import { z } from 'zod';
import { changeSubscription } from '../../admin/change-subscription.ts';
import { agreeEnd, previewTailoredPlan, startTailoredPlan } from '../../admin/tailored-plans.ts';
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
  previewTailoredPlan: billingOpsProcedure
    .input(z.object({ organization: z.string(), family: z.string(), terms: tailoredTermsSchema }))
    .output(tailoredOfferViewSchema)
    .mutation(({ ctx, input }) => previewTailoredPlan(ctx.container, { ...input, actor: ctx.actor })),
  startTailoredPlan: billingOpsProcedure
    .input(
      target.omit({ subscriptionId: true }).extend({
        family: z.string(),
        plan: z.string(),
        interval: intervalSchema,
        quoteId: z.string().nullable(),
        periods: agreedPeriodsSchema,
      }),
    )
    .output(changed)
    .mutation(({ ctx, input }) => startTailoredPlan(ctx.container, { ...input, actor: ctx.actor })),
  agreeEnd: billingOpsProcedure
    .input(target.extend({ periods: agreedPeriodsSchema }))
    .output(changed)
    .mutation(({ ctx, input }) => agreeEnd(ctx.container, { ...input, actor: ctx.actor })),
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
  applyCoupon: billingOpsProcedure
    .input(target.extend({ coupon: z.string().trim().min(1).max(200) }))
    .output(changed)
    .mutation(({ ctx, input: { coupon, ...request } }) =>
      changeSubscription(ctx.container, { ...request, actor: ctx.actor }, { kind: 'apply_coupon', coupon }),
    ),
  removeDiscount: billingOpsProcedure
    .input(target.extend({ discountId: z.string().max(200) }))
    .output(changed)
    .mutation(({ ctx, input: { discountId, ...request } }) =>
      changeSubscription(
        ctx.container,
        { ...request, actor: ctx.actor },
        { kind: 'remove_discount', discountId },
      ),
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
