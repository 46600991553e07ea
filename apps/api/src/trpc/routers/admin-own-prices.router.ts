import {
  ownPriceInputSchema,
  ownPricesViewSchema,
} from '@metergate/core/payments/own-prices/own-price.schemas';
import { quoteViewSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import {
  agreeOwnPrice,
  applyPricesNow,
  endAgreedPrice,
  listOwnPrices,
  quoteAgreedPricesNow,
} from '../../admin/own-prices.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

const target = z.object({ organization: z.string() });
const reasoned = target.extend({ reason: z.string().trim().min(3).max(500) });

export const adminOwnPricesRouter = t.router({
  list: supportProcedure
    .input(target)
    .output(ownPricesViewSchema)
    .query(({ ctx, input }) => listOwnPrices(ctx.container, { ...input, actor: ctx.actor })),
  set: billingOpsProcedure
    .input(reasoned.extend(ownPriceInputSchema.shape))
    .output(ownPricesViewSchema)
    .mutation(({ ctx, input }) => agreeOwnPrice(ctx.container, { ...input, actor: ctx.actor })),
  end: billingOpsProcedure
    .input(reasoned.extend({ id: z.string().max(60) }))
    .output(ownPricesViewSchema)
    .mutation(({ ctx, input }) => endAgreedPrice(ctx.container, { ...input, actor: ctx.actor })),
  quoteNow: billingOpsProcedure
    .input(target.extend({ family: z.string().max(60) }))
    .output(quoteViewSchema)
    .mutation(({ ctx, input }) => quoteAgreedPricesNow(ctx.container, { ...input, actor: ctx.actor })),
  applyNow: billingOpsProcedure
    .input(reasoned.extend({ quoteId: z.string().max(60) }))
    .output(ownPricesViewSchema)
    .mutation(({ ctx, input }) => applyPricesNow(ctx.container, { ...input, actor: ctx.actor })),
});
