import { type PlanVersion, planVersionSchema } from '@metergate/core';
import type {
  CatalogObjectRepository,
  CatalogPublicationRepository,
  PlanVersionRepository,
} from '@metergate/core/catalog/publish-catalog.ports';
import { catalogObjectKindSchema } from '@metergate/core/payments/stored-values.schemas';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { toJson } from './invoice.mapping.ts';

export function createPlanVersionRepository(tx: PrismaTransaction): PlanVersionRepository {
  return {
    async find(family, plan, version): Promise<PlanVersion | null> {
      const row = await tx.planVersion.findUnique({
        where: { family_plan_version: { family, plan, version } },
      });
      return row === null || row.status === 'draft' ? null : planVersionSchema.parse(row.content);
    },
    async findNewest(family, plan): Promise<PlanVersion | null> {
      const where = { family, plan, status: 'published' };
      const row = await tx.planVersion.findFirst({ where, orderBy: { version: 'desc' } });
      return row === null ? null : planVersionSchema.parse(row.content);
    },
  };
}

export function createCatalogObjectRepository(tx: PrismaTransaction): CatalogObjectRepository {
  return {
    async findStripeIds(kind, keys) {
      const rows = await tx.catalogObject.findMany({ where: { kind, key: { in: [...keys] } } });
      return new Map(rows.map(({ key, stripeId }) => [key, stripeId]));
    },
    async findKeys(kind, stripeIds) {
      const rows = await tx.catalogObject.findMany({ where: { kind, stripeId: { in: [...stripeIds] } } });
      return new Map(rows.map(({ key, stripeId }) => [stripeId, key]));
    },
  };
}

/** For the platform's transaction: publishing concerns every organization. */
export function createCatalogPublicationRepository(tx: PrismaTransaction): CatalogPublicationRepository {
  return {
    async listPlans() {
      const rows = await tx.planVersion.findMany({ where: { status: { not: 'draft' } } });
      return rows.map(({ content, contentHash }) => ({
        plan: planVersionSchema.parse(content),
        contentHash,
      }));
    },
    async publishPlan({ plan, contentHash, publishedAt }) {
      await tx.planVersion.createMany({
        data: [
          {
            family: plan.family,
            plan: plan.key,
            version: plan.version,
            content: toJson(plan),
            contentHash,
            status: 'published',
            publishedAt,
          },
        ],
        skipDuplicates: true,
      });
    },
    async saveMeter({ key, content, contentHash }) {
      const data = { key, content: toJson(content), contentHash };
      await tx.meter.upsert({ where: { key }, create: data, update: data });
    },
    async listObjects() {
      const rows = await tx.catalogObject.findMany();
      return rows.map((row) => ({ ...row, kind: catalogObjectKindSchema.parse(row.kind) }));
    },
    async saveObject(object) {
      const where = { kind_key: { kind: object.kind, key: object.key } };
      await tx.catalogObject.upsert({ where, create: object, update: object });
    },
  };
}
