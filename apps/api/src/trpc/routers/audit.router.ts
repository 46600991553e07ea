import { toAuditView } from '@metergate/core';
import { auditRowSchema } from '@metergate/core/admin/admin.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { listAudit, withOrganization } from '@metergate/db';
import { z } from 'zod';
import { t } from '../init.ts';
import { adminProcedure } from '../procedures.ts';

export const auditRouter = t.router({
  list: adminProcedure
    .input(pageQuerySchema.extend({ action: z.string().max(100).optional() }))
    .output(pageSchema(auditRowSchema))
    .query(async ({ ctx, input }) => {
      const { container, organizationId } = ctx;
      const { limit, cursor, action } = input;
      const page = await withOrganization(container.database.prisma.app, organizationId, (tx) =>
        listAudit(tx, { limit, cursor, action, organizationId }),
      );
      return { ...page, items: page.items.map(toAuditView) };
    }),
});
