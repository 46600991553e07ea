import { budgetViewSchema, setBudgetSchema } from '@metergate/core/limits/budgets/budgets.schemas';
import { listBudgets } from '@metergate/core/limits/budgets/list-budgets';
import { removeBudget, setBudget } from '@metergate/core/limits/budgets/set-budget';
import { z } from 'zod';
import { budgetDepsOf } from '../../usage/limit-reading.ts';
import { t } from '../init.ts';
import { moneyProcedure } from '../procedures.ts';

/** null = the organization as a whole. */
const client = z.string().min(1).max(200).nullable();

export const budgetsRouter = t.router({
  list: moneyProcedure
    .output(z.array(budgetViewSchema))
    .query(({ ctx }) => listBudgets(budgetDepsOf(ctx.container), ctx)),
  set: moneyProcedure
    .input(setBudgetSchema.strip().extend({ client }))
    .output(budgetViewSchema)
    .mutation(async ({ ctx, input: { client: whose, ...input } }) => {
      const { actor, organizationId, container } = ctx;
      const request = { actor, organizationId, client: whose, input };
      const view = await setBudget(budgetDepsOf(container), request);
      container.metering.entitlements.forget(organizationId);
      return view;
    }),
  remove: moneyProcedure
    .input(z.object({ client }))
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      await removeBudget(container, { actor, organizationId, client: input.client });
      container.metering.entitlements.forget(organizationId);
      return {};
    }),
});
