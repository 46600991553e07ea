import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { migrateSubscriptions } from '@metergate/core/payments/migrate/migrate-subscriptions';
import { migrationViewSchema } from '@metergate/core/payments/migrate/migration.schemas';
import { readCatalogFigures } from '@metergate/db';
import { z } from 'zod';
import { migrateDeps } from '../../billing/migrate-deps.ts';
import { toFamilyView } from '../../catalog/catalog-view.ts';
import { t } from '../init.ts';
import { superAdminProcedure, supportProcedure } from '../procedures.ts';

const migrationInputSchema = z.object({ family: z.string(), plan: z.string() });

export const adminCatalogRouter = t.router({
  /** What moving the subscribers of older versions would mean, per organization. */
  previewMigration: supportProcedure
    .input(migrationInputSchema)
    .output(migrationViewSchema)
    .query(({ ctx, input }) =>
      migrateSubscriptions(migrateDeps(ctx.container), {
        ...input,
        actor: ctx.actor,
        reason: '',
        countMax: 500,
        isDryRun: true,
      }),
    ),
  migrate: superAdminProcedure
    .input(
      migrationInputSchema.extend({
        reason: z.string().max(500),
        countMax: z.number().int().min(1).max(500),
      }),
    )
    .output(migrationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const view = await migrateSubscriptions(migrateDeps(ctx.container), {
        ...input,
        actor: ctx.actor,
        isDryRun: false,
      });
      ctx.container.wake();
      return view;
    }),
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
