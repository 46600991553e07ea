import { revenueRangeSchema, revenueViewSchema } from '@metergate/core/admin/revenue/revenue.schemas';
import { revenueView } from '@metergate/core/admin/revenue/revenue-view';
import { readRevenueFacts } from '@metergate/db';
import { z } from 'zod';
import { t } from '../init.ts';
import { billingOpsProcedure } from '../procedures.ts';

export const adminRevenueRouter = t.router({
  overview: billingOpsProcedure
    .input(z.object({ months: revenueRangeSchema.default(12) }))
    .output(revenueViewSchema)
    .query(async ({ ctx, input: { months } }) => {
      const now = ctx.container.clock.now();
      return revenueView(await readRevenueFacts(ctx.container.database.platform, now), { now, months });
    }),
});
