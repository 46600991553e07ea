import { auditRowSchema } from '@metergate/core/admin/admin.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure } from '../procedures.ts';

export const auditRouter = t.router({
  list: adminProcedure
    .input(pageQuerySchema.extend({ action: z.string().max(100).optional() }))
    .output(pageSchema(auditRowSchema))
    .query(() => pending()),
});
