import { setAlert } from '@metergate/core/limits/alerts/set-alert';
import { limitViewSchema } from '@metergate/core/limits/limits.schemas';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { z } from 'zod';
import { limitReadingOf } from '../../usage/limit-reading.ts';
import { t } from '../init.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const limitsRouter = t.router({
  list: memberProcedure
    .output(z.array(limitViewSchema))
    .query(({ ctx }) => listLimits(limitReadingOf(ctx.container), ctx)),
  setAlert: adminProcedure
    .input(z.object({ feature: z.string(), thresholds: z.array(z.number().int().min(1).max(200)).max(5) }))
    .output(limitViewSchema)
    .mutation(({ ctx, input }) =>
      setAlert(
        { ...limitReadingOf(ctx.container), unitOfWork: ctx.container.unitOfWork },
        { actor: ctx.actor, organizationId: ctx.organizationId, input },
      ),
    ),
});
