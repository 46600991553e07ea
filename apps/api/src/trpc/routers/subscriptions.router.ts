import { quoteChange } from '@metergate/core/payments/change/quote-change';
import { openPortal } from '@metergate/core/payments/purchase/open-portal';
import {
  changeAtSchema,
  checkoutInputSchema,
  checkoutReturnViewSchema,
  checkoutSessionViewSchema,
  createSubscriptionInputSchema,
  promotionCodeSchema,
  quoteInputSchema,
  quoteViewSchema,
  subscriptionViewSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { purchaseDeps } from '../../billing/purchase-deps.ts';
import { toQuoteView } from '../../billing/quote-view.ts';
import * as commands from '../../billing/subscription-commands.ts';
import { t } from '../init.ts';
import { buyerProcedure, memberProcedure } from '../procedures.ts';

const subscriptionRef = z.object({ subscriptionId: z.string() });

export const subscriptionsRouter = t.router({
  list: memberProcedure
    .input(z.object({ includeEnded: z.boolean().default(false) }))
    .output(z.array(subscriptionViewSchema))
    .query(({ ctx, input }) => commands.listSubscriptions(ctx, input.includeEnded)),
  // A trial is given by the platform, never taken.
  create: buyerProcedure
    .input(createSubscriptionInputSchema.omit({ trialDays: true }))
    .output(subscriptionViewSchema)
    .mutation(({ ctx, input }) => commands.buy(ctx, input)),
  checkout: buyerProcedure
    .input(checkoutInputSchema)
    .output(checkoutSessionViewSchema)
    .mutation(({ ctx, input }) => commands.checkout(ctx, input)),
  checkoutReturn: buyerProcedure
    .input(z.object({ sessionId: z.string().max(200) }))
    .output(checkoutReturnViewSchema)
    .query(({ ctx, input }) => commands.checkoutReturn(ctx, input.sessionId)),
  portal: buyerProcedure
    .input(z.object({ returnPath: z.string().max(500).optional() }))
    .output(z.object({ url: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const organizationSlug = await commands.slugOf(ctx);
      return openPortal(purchaseDeps(container), { actor, organizationId, organizationSlug, ...input });
    }),
  quote: buyerProcedure
    .input(quoteInputSchema)
    .output(quoteViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      return toQuoteView(await quoteChange(purchaseDeps(container), { actor, organizationId, wish: input }));
    }),
  acceptQuote: buyerProcedure
    .input(z.object({ quoteId: z.string() }))
    .output(subscriptionViewSchema)
    .mutation(({ ctx, input }) => commands.accept(ctx, input.quoteId)),
  cancel: buyerProcedure
    .input(
      subscriptionRef.extend({
        at: changeAtSchema.default('period_end'),
        reason: z.string().max(500).optional(),
      }),
    )
    .output(subscriptionViewSchema)
    .mutation(async ({ ctx, input }) => (await commands.cancel(ctx, input)).view),
  pause: buyerProcedure
    .input(subscriptionRef.extend({ reason: z.string().max(500).optional() }))
    .output(subscriptionViewSchema)
    .mutation(async ({ ctx, input }) => (await commands.pause(ctx, input)).view),
  redeem: buyerProcedure
    .input(subscriptionRef.extend({ code: promotionCodeSchema }))
    .output(subscriptionViewSchema)
    .mutation(({ ctx, input }) => commands.redeem(ctx, input)),
  resume: buyerProcedure
    .input(subscriptionRef)
    .output(subscriptionViewSchema)
    .mutation(async ({ ctx, input }) => (await commands.resume(ctx, input.subscriptionId)).view),
  undoScheduledChange: buyerProcedure
    .input(subscriptionRef)
    .output(subscriptionViewSchema)
    .mutation(async ({ ctx, input }) => (await commands.undoChange(ctx, input.subscriptionId)).view),
});
