import {
  billingSummaryViewSchema,
  invoiceCountsSchema,
  invoiceFilterSchema,
  invoiceListItemSchema,
  invoiceViewSchema,
  noticeViewSchema,
  upcomingInvoiceViewSchema,
} from '@metergate/core/invoices/invoices.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure, memberProcedure, moneyProcedure } from '../procedures.ts';

export const invoicesRouter = t.router({
  billingSummary: moneyProcedure.output(billingSummaryViewSchema).query(() => pending()),
  notices: memberProcedure.output(z.array(noticeViewSchema)).query(() => pending()),
  list: moneyProcedure
    .input(pageQuerySchema.extend(invoiceFilterSchema.shape))
    .output(pageSchema(invoiceListItemSchema).extend({ counts: invoiceCountsSchema }))
    .query(() => pending()),
  get: moneyProcedure
    .input(z.object({ invoiceId: z.string() }))
    .output(invoiceViewSchema)
    .query(() => pending()),
  upcoming: moneyProcedure.output(z.array(upcomingInvoiceViewSchema)).query(() => pending()),
  pay: adminProcedure
    .input(z.object({ invoiceId: z.string() }))
    .output(invoiceViewSchema)
    .mutation(() => pending()),
});
