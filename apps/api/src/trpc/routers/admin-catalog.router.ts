import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { readCatalogFigures } from '@metergate/db';
import { z } from 'zod';
import { toFamilyView } from '../../catalog/catalog-view.ts';
import { t } from '../init.ts';
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
    .query(async ({ ctx }) => {
      const { catalog, database } = ctx.container;
      const figures = await readCatalogFigures(database.platform);
      return [...catalog.values()].map((family) => ({
        family: toFamilyView(family),
        publishedAt: figures.get(family.key)?.publishedAt?.toISOString() ?? null,
        subscriptions: figures.get(family.key)?.subscriptions ?? 0,
      }));
    }),
});
