import { apiKeyViewSchema, createApiKeySchema } from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure } from '../procedures.ts';

export const apiKeysRouter = t.router({
  list: adminProcedure.output(z.array(apiKeyViewSchema)).query(() => pending()),
  create: adminProcedure
    .input(createApiKeySchema)
    .output(z.object({ key: z.string(), view: apiKeyViewSchema }))
    .mutation(() => pending()),
  revoke: adminProcedure
    .input(z.object({ keyId: z.string() }))
    .output(apiKeyViewSchema)
    .mutation(() => pending()),
});
