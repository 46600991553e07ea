import { usagePriceViewSchema } from '@metergate/core/admin/usage-price.schemas';
import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import { unitPriceSchema } from '@metergate/core/shared/money/unit-price';
import { instantSchema } from '@metergate/core/shared/view.schemas';
import { changeAtSchema, subscriptionViewSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import {
  agreedPeriodsSchema,
  tailoredOfferViewSchema,
  tailoredTermsSchema,
} from '@metergate/core/subscriptions/tailored.schemas';
import { z } from 'zod';
import { changeSubscription } from '../../admin/change-subscription.ts';
import { agreeEnd, previewTailoredPlan, startTailoredPlan } from '../../admin/tailored-plans.ts';
import { endPrice, listUsagePrices, overridePrice } from '../../admin/usage-prices.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

const target = z.object({
  organization: z.string(),
  subscriptionId: z.string(),
  reason: z.string().trim().min(3).max(500),
});
const extension = target.extend({ days: z.number().int().min(1).max(90) });
const changed = z.array(subscriptionViewSchema);

const prices = z.array(usagePriceViewSchema);
const priced = target.omit({ subscriptionId: true }).extend({ feature: z.string().max(60) });

export const adminSubscriptionsRouter = t.router({
  prices: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(prices)
    .query(({ ctx, input }) => listUsagePrices(ctx.container, input.organization)),
  setPrice: billingOpsProcedure
    .input(priced.extend({ unitPrice: unitPriceSchema, expiresAt: instantSchema.nullable().default(null) }))
    .output(prices)
    .mutation(({ ctx, input }) => overridePrice(ctx.container, { ...input, actor: ctx.actor })),
  endPrice: billingOpsProcedure
    .input(priced)
    .output(prices)
    .mutation(({ ctx, input }) => endPrice(ctx.container, { ...input, actor: ctx.actor })),
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
