import {
  adminCaseRowSchema,
  caseReasonSchema,
  caseStatusSchema,
} from '@metergate/core/payments/cases/case.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { listCases } from '@metergate/db';
import { z } from 'zod';
import { readCase, resolveCase } from '../../admin/resolve-case.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

export const adminCasesRouter = t.router({
  list: supportProcedure
    .input(pageQuerySchema.extend({ status: caseStatusSchema.optional() }))
    .output(pageSchema(adminCaseRowSchema))
    .query(({ ctx, input }) => listCases(ctx.container.database.prisma.platform, input)),
  get: supportProcedure
    .input(z.object({ id: z.string() }))
    .output(adminCaseRowSchema)
    .query(async ({ ctx, input }) => (await readCase(ctx.container, input.id)).row),
  credit: billingOpsProcedure
    .input(
      z.object({
        id: z.string(),
        /** null = the whole line. */
        amountMinor: z
          .string()
          .regex(/^\d{1,18}$/)
          .nullable()
          .default(null),
        reason: caseReasonSchema,
      }),
    )
    .output(adminCaseRowSchema)
    .mutation(({ ctx, input: { id, ...decision } }) =>
      resolveCase(ctx.container, { actor: ctx.actor, id, decision: { kind: 'credit', ...decision } }),
    ),
  refuse: billingOpsProcedure
    .input(z.object({ id: z.string(), reason: caseReasonSchema }))
    .output(adminCaseRowSchema)
    .mutation(({ ctx, input: { id, reason } }) =>
      resolveCase(ctx.container, { actor: ctx.actor, id, decision: { kind: 'refuse', reason } }),
    ),
});
