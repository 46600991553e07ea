import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { supportProcedure } from '../procedures.ts';

export const adminCatalogRouter = t.router({
  list: supportProcedure
    .output(
      z.array(
        z.object({
          family: familyViewSchema,
          publishedAt: z.string().nullable(),
          subscriptions: z.number().int(),
        }),
      ),
    )
    .query(() => pending()),
});
