import {
  clientStatusSchema,
  clientViewSchema,
  createClientSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure, memberProcedure } from '../procedures.ts';

export const clientsRouter = t.router({
  list: memberProcedure
    .input(
      pageQuerySchema.extend({ q: z.string().max(100).optional(), status: clientStatusSchema.optional() }),
    )
    .output(pageSchema(clientViewSchema))
    .query(() => pending()),
  create: adminProcedure
    .input(createClientSchema)
    .output(clientViewSchema)
    .mutation(() => pending()),
  archive: adminProcedure
    .input(z.object({ clientId: z.string() }))
    .output(clientViewSchema)
    .mutation(() => pending()),
});
