import {
  changeAtSchema,
  checkoutInputSchema,
  checkoutReturnViewSchema,
  checkoutSessionViewSchema,
  createSubscriptionInputSchema,
  quoteInputSchema,
  quoteViewSchema,
  subscriptionViewSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { buyerProcedure, memberProcedure } from '../procedures.ts';

export const subscriptionsRouter = t.router({
  list: memberProcedure
    .input(z.object({ includeEnded: z.boolean().default(false) }))
    .output(z.array(subscriptionViewSchema))
    .query(() => pending()),
  create: buyerProcedure
    .input(createSubscriptionInputSchema)
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
  checkout: buyerProcedure
    .input(checkoutInputSchema)
    .output(checkoutSessionViewSchema)
    .mutation(() => pending()),
  checkoutReturn: buyerProcedure
    .input(z.object({ sessionId: z.string().max(200) }))
    .output(checkoutReturnViewSchema)
    .query(() => pending()),
  portal: buyerProcedure
    .input(z.object({ returnPath: z.string().max(500).optional() }))
    .output(z.object({ url: z.string() }))
    .mutation(() => pending()),
  quote: buyerProcedure
    .input(quoteInputSchema)
    .output(quoteViewSchema)
    .mutation(() => pending()),
  acceptQuote: buyerProcedure
    .input(z.object({ quoteId: z.string() }))
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
  cancel: buyerProcedure
    .input(
      z.object({
        subscriptionId: z.string(),
        at: changeAtSchema.default('period_end'),
        reason: z.string().max(500).optional(),
      }),
    )
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
  resume: buyerProcedure
    .input(z.object({ subscriptionId: z.string() }))
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
  undoScheduledChange: buyerProcedure
    .input(z.object({ subscriptionId: z.string() }))
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
});
