import { createApiKey, requirePublicId, revokeApiKey, toApiKeyView } from '@metergate/core';
import { apiKeyViewSchema, createApiKeySchema } from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { t } from '../init.ts';
import { adminProcedure } from '../procedures.ts';

export const apiKeysRouter = t.router({
  list: adminProcedure.output(z.array(apiKeyViewSchema)).query(async ({ ctx }) => {
    const { container, organizationId } = ctx;
    const keys = await container.unitOfWork.run(organizationId, (tx) => tx.apiKeys.list(organizationId));
    return keys.map(toApiKeyView);
  }),
  /** The only answer that ever holds the secret. */
  create: adminProcedure
    .input(createApiKeySchema)
    .output(z.object({ key: z.string(), view: apiKeyViewSchema }))
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const { name, scopes } = input;
      const expiresAt = input.expiresAt === undefined ? undefined : new Date(input.expiresAt);
      const deps = organizationDeps(ctx.container);
      const { key, row } = await createApiKey(deps, { actor, organizationId, name, scopes, expiresAt });
      return { key, view: toApiKeyView(row) };
    }),
  revoke: adminProcedure
    .input(z.object({ keyId: z.string() }))
    .output(apiKeyViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const keyId = requirePublicId('apiKey', input.keyId);
      const revoked = await revokeApiKey(organizationDeps(container), { actor, organizationId, keyId });
      container.apiKeys.forget();
      return toApiKeyView(revoked);
    }),
});
