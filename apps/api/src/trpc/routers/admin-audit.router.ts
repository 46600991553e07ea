import { toAuditView } from '@metergate/core';
import { auditRowSchema } from '@metergate/core/admin/admin.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { listAudit, verifyAuditChains } from '@metergate/db';
import { z } from 'zod';
import { requireOrganization } from '../../organizations/require-organization.ts';
import { t } from '../init.ts';
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
    .query(async ({ ctx, input }) => {
      const { container } = ctx;
      const { organization, ...filter } = input;
      const named =
        organization === undefined ? undefined : await requireOrganization(container, organization);
      const page = await listAudit(container.database.prisma.platform, {
        ...filter,
        organizationId: named?.id,
      });
      return { ...page, items: page.items.map(toAuditView) };
    }),
  verify: supportProcedure
    .output(
      z.object({
        valid: z.boolean(),
        chains: z.number().int(),
        rows: z.number().int(),
        firstBad: z.string().nullable(),
      }),
    )
    .query(({ ctx }) => verifyAuditChains(ctx.container.database.platform)),
});
