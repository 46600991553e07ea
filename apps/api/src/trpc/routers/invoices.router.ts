import { type Actor, type OrganizationId, requirePublicId } from '@metergate/core';
import {
  billingSummaryViewSchema,
  invoiceCountsSchema,
  invoiceFilterSchema,
  invoiceListItemSchema,
  invoiceViewSchema,
  noticeViewSchema,
  upcomingInvoiceViewSchema,
} from '@metergate/core/invoices/invoices.schemas';
import { getInvoice, listInvoices } from '@metergate/core/invoices/read/read-invoices';
import { payInvoice } from '@metergate/core/payments/collect/pay-invoice';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { invoiceDeps } from '../../invoices/invoice-deps.ts';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { memberProcedure, moneyProcedure } from '../procedures.ts';

export const invoicesRouter = t.router({
  billingSummary: moneyProcedure.output(billingSummaryViewSchema).query(() => pending()),
  notices: memberProcedure.output(z.array(noticeViewSchema)).query(() => pending()),
  list: moneyProcedure
    .input(pageQuerySchema.extend(invoiceFilterSchema.shape))
    .output(pageSchema(invoiceListItemSchema).extend({ counts: invoiceCountsSchema }))
    .query(({ ctx, input }) =>
      listInvoices(invoiceDeps(ctx.container), { organizationId: ctx.organizationId, input }),
    ),
  get: moneyProcedure
    .input(z.object({ invoiceId: z.string() }))
    .output(invoiceViewSchema)
    .query(({ ctx, input }) => getInvoice(invoiceDeps(ctx.container), requestOf(ctx, input))),
  upcoming: moneyProcedure.output(z.array(upcomingInvoiceViewSchema)).query(() => pending()),
  // The answer shows amounts, so whoever pays must be allowed to see them.
  pay: moneyProcedure
    .input(z.object({ invoiceId: z.string() }))
    .output(invoiceViewSchema)
    .mutation(({ ctx, input }) => payInvoice(invoiceDeps(ctx.container), requestOf(ctx, input))),
});

function requestOf(
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
  { invoiceId }: { invoiceId: string },
) {
  return { actor, organizationId, invoiceId: requirePublicId('invoice', invoiceId) };
}
