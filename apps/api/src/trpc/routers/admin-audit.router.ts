import { auditRowSchema } from '@metergate/core/admin/admin.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { supportProcedure } from '../procedures.ts';

export const adminAuditRouter = t.router({
  list: supportProcedure
    .input(
      pageQuerySchema.extend({
        organization: z.string().max(100).optional(),
        action: z.string().max(100).optional(),
      }),
    )
    .output(pageSchema(auditRowSchema))
    .query(() => pending()),
  verify: supportProcedure
    .output(
      z.object({
        valid: z.boolean(),
        chains: z.number().int(),
        rows: z.number().int(),
        firstBad: z.string().nullable(),
      }),
    )
    .query(() => pending()),
});
