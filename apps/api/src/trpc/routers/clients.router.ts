import { archiveClient, createClient, requirePublicId, toClientView } from '@metergate/core';
import {
  clientStatusSchema,
  clientViewSchema,
  createClientSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { t } from '../init.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const clientsRouter = t.router({
  list: memberProcedure
    .input(
      pageQuerySchema.extend({ q: z.string().max(100).optional(), status: clientStatusSchema.optional() }),
    )
    .output(pageSchema(clientViewSchema))
    .query(async ({ ctx, input }) => {
      const { container, organizationId } = ctx;
      const page = await container.unitOfWork.run(organizationId, (tx) =>
        tx.clients.list(organizationId, input),
      );
      return { ...page, items: page.items.map(toClientView) };
    }),
  create: adminProcedure
    .input(createClientSchema)
    .output(clientViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const { name, externalId } = input;
      const deps = organizationDeps(ctx.container);
      const client = await createClient(deps, { actor, organizationId, name, externalId });
      ctx.container.wake();
      return toClientView(client);
    }),
  archive: adminProcedure
    .input(z.object({ clientId: z.string() }))
    .output(clientViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const clientId = requirePublicId('client', input.clientId);
      const archived = await archiveClient(organizationDeps(ctx.container), {
        actor,
        organizationId,
        clientId,
      });
      ctx.container.wake();
      return toClientView(archived);
    }),
});
