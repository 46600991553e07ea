import { ensureCustomer } from '@metergate/core/payments/purchase/ensure-customer';
import { z } from 'zod';
import { billedUsageSchema, billUsageSoFar } from '../invoices/bill-usage-command.ts';
import { t } from './init.ts';
import { buyerProcedure } from './procedures.ts';

/** Procedures that only the plain JSON routes need; not reachable below /trpc. */
export const sessionTwinsRouter = t.router({
  customer: buyerProcedure
    .output(z.object({ stripeCustomerId: z.string() }))
    .mutation(({ ctx: { container, actor, organizationId } }) =>
      ensureCustomer(
        { unitOfWork: container.unitOfWork, gateway: container.gateway },
        { actor, organizationId },
      ),
    ),
  generateUsageInvoice: buyerProcedure
    .output(billedUsageSchema)
    .mutation(({ ctx }) => billUsageSoFar(ctx.container, ctx)),
});
