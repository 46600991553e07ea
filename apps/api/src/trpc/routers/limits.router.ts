import { requirePublicId } from '@metergate/core';
import { setAlert } from '@metergate/core/limits/alerts/set-alert';
import { clientLimitViewSchema } from '@metergate/core/limits/client-limits/client-limits.schemas';
import { listClientLimits } from '@metergate/core/limits/client-limits/list-client-limits';
import { setClientLimit } from '@metergate/core/limits/client-limits/set-client-limit';
import { limitViewSchema } from '@metergate/core/limits/limits.schemas';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { levelDaysViewSchema, readLevelDays } from '@metergate/core/limits/reading/read-level-days';
import { z } from 'zod';
import { budgetDepsOf, limitReadingOf } from '../../usage/limit-reading.ts';
import { t } from '../init.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const limitsRouter = t.router({
  list: memberProcedure
    .output(z.array(limitViewSchema))
    .query(({ ctx }) => listLimits(limitReadingOf(ctx.container), ctx)),
  levelDays: memberProcedure
    .input(z.object({ feature: z.string().max(100) }))
    .output(levelDaysViewSchema)
    .query(({ ctx, input }) =>
      readLevelDays(
        { ...ctx.container.metering.limits, unitOfWork: ctx.container.unitOfWork },
        { organizationId: ctx.organizationId, feature: input.feature, input: {} },
      ),
    ),
  setAlert: adminProcedure
    .input(z.object({ feature: z.string(), thresholds: z.array(z.number().int().min(1).max(200)).max(5) }))
    .output(limitViewSchema)
    .mutation(({ ctx, input }) =>
      setAlert(
        { ...limitReadingOf(ctx.container), unitOfWork: ctx.container.unitOfWork },
        { actor: ctx.actor, organizationId: ctx.organizationId, input },
      ),
    ),
  clients: memberProcedure
    .input(z.object({ client: z.string().optional(), feature: z.string().max(100).optional() }))
    .output(z.array(clientLimitViewSchema))
    .query(({ ctx, input }) => {
      const clientId = input.client === undefined ? undefined : requirePublicId('client', input.client);
      const filter = { clientId, feature: input.feature };
      return listClientLimits(budgetDepsOf(ctx.container), { organizationId: ctx.organizationId, filter });
    }),
  setClient: adminProcedure
    .input(
      z.object({
        client: z.string().min(1).max(200),
        feature: z.string().min(1).max(100),
        /** null takes it away; read by the use-case, like every quantity. */
        limit: z.union([z.string().max(100), z.number()]).nullable(),
      }),
    )
    .output(clientLimitViewSchema.nullable())
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const view = await setClientLimit(budgetDepsOf(container), { actor, organizationId, input });
      container.metering.entitlements.forget(organizationId);
      return view;
    }),
});
