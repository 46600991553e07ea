import { requirePublicId } from '@metergate/core';
import { paymentMethodViewSchema } from '@metergate/core/invoices/invoices.schemas';
import { changeBillingDetails, readBillingDetails } from '@metergate/core/payments/details/change-details';
import {
  billingDetailsSchema,
  billingDetailsViewSchema,
} from '@metergate/core/payments/details/details.schemas';
import {
  listPaymentMethods,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
} from '@metergate/core/payments/methods/payment-methods';
import { z } from 'zod';
import { purchaseDeps } from '../../billing/purchase-deps.ts';
import { t } from '../init.ts';
import { buyerProcedure, moneyProcedure, ownerProcedure } from '../procedures.ts';

const methodInputSchema = z.object({ paymentMethodId: z.string() });

export const paymentsRouter = t.router({
  details: moneyProcedure
    .output(billingDetailsViewSchema)
    .query(({ ctx }) => readBillingDetails(ctx.container, ctx)),
  changeDetails: ownerProcedure
    .input(z.object({ details: billingDetailsSchema }))
    .output(billingDetailsViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const view = await changeBillingDetails(container, { actor, organizationId, input: input.details });
      container.wake();
      return view;
    }),
  methods: moneyProcedure
    .output(z.array(paymentMethodViewSchema))
    .query(({ ctx }) => listPaymentMethods(purchaseDeps(ctx.container), ctx)),
  /** Answers where the card is entered. */
  add: buyerProcedure
    .input(z.object({ returnPath: z.string().max(500).optional() }))
    .output(z.object({ url: z.string() }))
    .mutation(({ ctx, input }) => {
      const returnPath = input.returnPath ?? `/${encodeURIComponent(input.organization)}/billing/payment`;
      const { actor, organizationId } = ctx;
      return startCardSetup(purchaseDeps(ctx.container), { actor, organizationId, returnPath });
    }),
  setDefault: ownerProcedure
    .input(methodInputSchema)
    .output(z.array(paymentMethodViewSchema))
    .mutation(({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const paymentMethodId = requirePublicId('paymentMethod', input.paymentMethodId);
      return setDefaultPaymentMethod(purchaseDeps(ctx.container), { actor, organizationId, paymentMethodId });
    }),
  remove: ownerProcedure
    .input(methodInputSchema)
    .output(z.array(paymentMethodViewSchema))
    .mutation(({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const paymentMethodId = requirePublicId('paymentMethod', input.paymentMethodId);
      return removePaymentMethod(purchaseDeps(ctx.container), { actor, organizationId, paymentMethodId });
    }),
});
