import { limitViewSchema } from '@metergate/core/limits/limits.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const limitsRouter = t.router({
  list: memberProcedure.output(z.array(limitViewSchema)).query(() => pending()),
  setAlert: adminProcedure
    .input(z.object({ feature: z.string(), thresholds: z.array(z.number().int().min(1).max(200)).max(5) }))
    .output(limitViewSchema)
    .mutation(() => pending()),
});
