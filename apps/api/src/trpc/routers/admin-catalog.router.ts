import { asId } from '@metergate/core';
import { familyViewSchema } from '@metergate/core/catalog/catalog.schemas';
import { migrateSubscriptions } from '@metergate/core/payments/migrate/migrate-subscriptions';
import { migrationViewSchema } from '@metergate/core/payments/migrate/migration.schemas';
import { shadowViewSchema } from '@metergate/core/payments/migrate/shadow.schemas';
import { shadowCatalog } from '@metergate/core/payments/migrate/shadow-catalog';
import { requireFamily } from '@metergate/core/payments/purchase/offer';
import { createShadowDirectory, readCatalogFigures } from '@metergate/db';
import { z } from 'zod';
import { migrateDeps } from '../../billing/migrate-deps.ts';
import { toFamilyView } from '../../catalog/catalog-view.ts';
import { t } from '../init.ts';
import { superAdminProcedure, supportProcedure } from '../procedures.ts';

const migrationInputSchema = z.object({ family: z.string(), plan: z.string() });

/** A family with every field is some tens of thousands of characters. */
const draftCharactersMax = 500_000;

export const adminCatalogRouter = t.router({
  /** A family as it is sold now, as JSON: what a draft begins from. */
  source: supportProcedure
    .input(z.object({ family: z.string() }))
    .output(z.string())
    .query(({ ctx, input }) =>
      JSON.stringify(requireFamily([...ctx.container.catalog.values()], input.family), null, 2),
    ),
  /** Closed months twice, as they are and under a draft. Reads only; a draft is too long for an address. */
  shadow: supportProcedure
    .input(
      z.object({
        family: z.string(),
        draft: z.string().max(draftCharactersMax).nullable(),
        monthCount: z.number().int().min(1).max(24),
        cursor: z.uuid().nullable().default(null),
      }),
    )
    .output(shadowViewSchema)
    .mutation(({ ctx, input }) => {
      const { unitOfWork, clock, catalog, database, metering } = ctx.container;
      const deps = {
        unitOfWork,
        clock,
        usage: metering.reading.reader,
        families: [...catalog.values()],
        organizations: createShadowDirectory(database.platform),
      };
      const { cursor, ...request } = input;
      const after = cursor === null ? null : asId('organization', cursor);
      return shadowCatalog(deps, { ...request, actor: ctx.actor, after });
    }),
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
