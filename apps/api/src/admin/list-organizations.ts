import { revenueRank } from '@metergate/core';
import type { adminOrganizationFilterSchema } from '@metergate/core/admin/admin.schemas';
import type { PageQuery } from '@metergate/core/shared/page';
import {
  countOrganizations,
  findOrganizationIds,
  findOrganizationPage,
  pageOfIds,
  readOrganizationFacts,
  readPlanVersions,
  readRecurring,
} from '@metergate/db';
import type { z } from 'zod';
import type { Container } from '../container.ts';
import { type PlanVersions, recurringOf, toOrganizationRow } from './organization-rows.ts';

type Query = PageQuery & z.output<typeof adminOrganizationFilterSchema>;

/** The staff's list: the same few queries for ten organizations and for ten thousand. */
export async function listOrganizations(container: Container, query: Query) {
  const { clock, catalog, database } = container;
  const pool = database.platform;
  const at = clock.now();
  const plans = await readPlanVersions(pool);
  const { ids, nextCursor } = await findPage(container, query, { plans, at });
  const facts = await readOrganizationFacts(pool, ids, at);
  const { matching, views } = await countOrganizations(pool, query, at);
  return {
    items: facts.map((fact) => toOrganizationRow(fact, { plans, catalog, at })),
    nextCursor,
    approximateCount: matching,
    views,
  };
}

async function findPage(
  { database }: Container,
  query: Query,
  { plans, at }: { plans: PlanVersions; at: Date },
) {
  const { sort, limit, cursor } = query;
  if (sort !== '-mrr') return findOrganizationPage(database.platform, query, { sort, limit, cursor, at });
  const ids = await findOrganizationIds(database.platform, query, at);
  const recurring = await readRecurring(database.platform, ids);
  const rank = new Map(
    [...recurring].map(([id, subscriptions]) => [id, revenueRank(recurringOf(subscriptions, plans))]),
  );
  const sorted = ids.toSorted((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0));
  return pageOfIds(sorted, { limit, cursor });
}
