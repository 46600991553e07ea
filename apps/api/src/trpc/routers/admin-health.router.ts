import { healthViewSchema } from '@metergate/core/admin/admin.schemas';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { supportProcedure } from '../procedures.ts';

export const adminHealthRouter = t.router({
  tiles: supportProcedure.output(healthViewSchema).query(() => pending()),
});
