import { toPublicId } from '@metergate/core';
import { endViewAs, startViewAs } from '@metergate/core/admin/view-as/start-view-as';
import { startViewAsSchema, viewAsViewSchema } from '@metergate/core/admin/view-as/view-as.schemas';
import { z } from 'zod';
import { requireOrganization } from '../../organizations/require-organization.ts';
import { t } from '../init.ts';
import { supportProcedure } from '../procedures.ts';

export const adminViewAsRouter = t.router({
  start: supportProcedure
    .input(startViewAsSchema.extend({ organization: z.string() }))
    .output(viewAsViewSchema)
    .mutation(async ({ ctx, input: { organization: reference, ...input } }) => {
      const { id: organizationId, slug } = await requireOrganization(ctx.container, reference);
      const session = await startViewAs(ctx.container, { actor: ctx.actor, organizationId, input });
      const { reason, ticket, expiresAt } = session;
      const id = toPublicId('viewAs', session.id);
      return { id, organization: slug, reason, ticket, expiresAt: expiresAt.toISOString() };
    }),
  end: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.object({ ended: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      await endViewAs(ctx.container, { actor: ctx.actor, organizationId });
      return { ended: true };
    }),
});
