import { healthViewSchema } from '@metergate/core/admin/admin.schemas';
import { readHealth } from '../../admin/health.ts';
import { t } from '../init.ts';
import { supportProcedure } from '../procedures.ts';

export const adminHealthRouter = t.router({
  tiles: supportProcedure.output(healthViewSchema).query(({ ctx }) => readHealth(ctx.container)),
});
