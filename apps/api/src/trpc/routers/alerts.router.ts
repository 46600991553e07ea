import { listFiredAlerts } from '@metergate/core/limits/alerts/list-fired-alerts';
import { z } from 'zod';
import { t } from '../init.ts';
import { memberProcedure } from '../procedures.ts';

export const alertsRouter = t.router({
  fired: memberProcedure
    .output(z.array(z.object({ feature: z.string(), threshold: z.number().int(), firedAt: z.string() })))
    .query(({ ctx }) => listFiredAlerts(ctx.container, ctx)),
});
