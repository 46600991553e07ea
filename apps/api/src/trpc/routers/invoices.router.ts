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
import { caseReasonSchema, caseViewSchema } from '@metergate/core/payments/cases/case.schemas';
import { toCaseView } from '@metergate/core/payments/cases/case-view';
import { listInvoiceCases } from '@metergate/core/payments/cases/list-cases';
import { openCase } from '@metergate/core/payments/cases/open-case';
import { payInvoice } from '@metergate/core/payments/collect/pay-invoice';
import { costDaysViewSchema, readCostDays } from '@metergate/core/payments/cost-days/read-cost-days';
import { explainLine } from '@metergate/core/payments/explain/explain-line';
import { lineExplanationViewSchema } from '@metergate/core/payments/explain/explanation.schemas';
import { listUsageProofs } from '@metergate/core/payments/prove-usage/prove-usage';
import { usageProofViewSchema } from '@metergate/core/payments/prove-usage/usage-proof.schemas';
import { usageStatementViewSchema } from '@metergate/core/payments/statements/statement.schemas';
import { listStatements } from '@metergate/core/payments/statements/usage-statements';
import { readBillingSummary, readNotices } from '@metergate/core/payments/summary/read-billing-summary';
import { readUpcoming } from '@metergate/core/payments/summary/read-upcoming';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { costDayDeps } from '../../invoices/cost-day-deps.ts';
import { explainDeps } from '../../invoices/explain-deps.ts';
import { invoiceDeps } from '../../invoices/invoice-deps.ts';
import { summaryDeps } from '../../invoices/summary-deps.ts';
import { t } from '../init.ts';
import { memberProcedure, moneyProcedure } from '../procedures.ts';

export const invoicesRouter = t.router({
  billingSummary: moneyProcedure.output(billingSummaryViewSchema).query(async ({ ctx }) => {
    const { container, organizationId, rights } = ctx;
    return readBillingSummary(summaryDeps(container), { organizationId, reader: rights });
  }),
  costDays: moneyProcedure
    .output(costDaysViewSchema)
    .query(({ ctx }) =>
      readCostDays(costDayDeps(ctx.container), { organizationId: ctx.organizationId, input: {} }),
    ),
  notices: memberProcedure.output(z.array(noticeViewSchema)).query(async ({ ctx }) => {
    const { container, organizationId } = ctx;
    return readNotices(summaryDeps(container), { organizationId, reader: ctx.rights });
  }),
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
  explainLine: moneyProcedure
    .input(z.object({ invoiceId: z.string(), lineId: z.string() }))
    .output(lineExplanationViewSchema)
    .query(({ ctx, input }) =>
      explainLine(explainDeps(ctx.container), {
        ...requestOf(ctx, input),
        lineId: requirePublicId('invoiceLine', input.lineId),
      }),
    ),
  cases: moneyProcedure
    .input(z.object({ invoiceId: z.string() }))
    .output(z.array(caseViewSchema))
    .query(({ ctx, input }) => listInvoiceCases(ctx.container, requestOf(ctx, input))),
  dispute: moneyProcedure
    .input(z.object({ invoiceId: z.string(), lineId: z.string(), reason: caseReasonSchema }))
    .output(caseViewSchema)
    .mutation(async ({ ctx, input }) => {
      const lineId = requirePublicId('invoiceLine', input.lineId);
      const { reason } = input;
      const deps = { ...ctx.container.background.sync, unitOfWork: ctx.container.unitOfWork };
      return toCaseView((await openCase(deps, { ...requestOf(ctx, input), lineId, reason })).record);
    }),
  usageProofs: moneyProcedure
    .output(z.array(usageProofViewSchema))
    .query(({ ctx }) => listUsageProofs(ctx.container, ctx)),
  usageStatements: moneyProcedure
    .output(z.array(usageStatementViewSchema))
    .query(({ ctx }) => listStatements(ctx.container, ctx)),
  upcoming: moneyProcedure
    .output(z.array(upcomingInvoiceViewSchema))
    .query(({ ctx }) => readUpcoming(summaryDeps(ctx.container), ctx)),
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
