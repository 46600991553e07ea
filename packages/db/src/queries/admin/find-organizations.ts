import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';
import { decodeCursor, encodeCursor, uuidPosition } from '../cursor.ts';
import {
  type OrganizationFilter,
  type OrganizationView,
  organizationCondition,
  viewConditions,
} from './organization-conditions.ts';

const listName = 'admin-organizations';
/** Sorting by what has to be calculated considers at most so many; beyond that a filter is the answer. */
const sortedMax = 20_000;

export interface OrganizationIdPage {
  ids: OrganizationId[];
  nextCursor: string | null;
}

const orders = {
  name: { by: 'lower(o.name)', direction: 'asc', past: '>' },
  '-created': { by: 'o.created_at', direction: 'desc', past: '<' },
} as const;

/** One page in the order of a column. Use `database.platform`. */
export async function findOrganizationPage(
  pool: pg.Pool,
  filter: OrganizationFilter,
  page: { sort: keyof typeof orders; limit: number; cursor?: string | undefined; at: Date },
): Promise<OrganizationIdPage> {
  const values: unknown[] = [page.at];
  const condition = organizationCondition(filter, values);
  const { by, direction, past } = orders[page.sort];
  const after = decodeCursor(listName, page.cursor, uuidPosition);
  const rest =
    after === undefined
      ? 'true'
      : `(${by}, o.id) ${past} (select ${by}, o.id from organizations o where o.id = $${values.push(after)}::uuid)`;
  const { rows } = await pool.query<{ id: string }>(
    `select o.id from organizations o where $1::timestamptz is not null and ${condition} and ${rest}
      order by ${by} ${direction}, o.id ${direction} limit $${values.push(page.limit + 1)}`,
    values,
  );
  return cutPage(
    rows.map(({ id }) => asId('organization', id)),
    page.limit,
  );
}

/** Every organization that the filter wants, newest first, for an order that SQL does not know. */
export async function findOrganizationIds(
  pool: pg.Pool,
  filter: OrganizationFilter,
  at: Date,
): Promise<OrganizationId[]> {
  const values: unknown[] = [at];
  const condition = organizationCondition(filter, values);
  const { rows } = await pool.query<{ id: string }>(
    `select o.id from organizations o where $1::timestamptz is not null and ${condition}
      order by o.created_at desc, o.id desc limit ${sortedMax}`,
    values,
  );
  return rows.map(({ id }) => asId('organization', id));
}

/** The page of a list that is sorted already. */
export function pageOfIds(
  ids: readonly OrganizationId[],
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): OrganizationIdPage {
  const after = decodeCursor(listName, cursor, uuidPosition);
  const start = after === undefined ? 0 : ids.indexOf(asId('organization', after)) + 1;
  return cutPage(ids.slice(start, start + limit + 1), limit);
}

function cutPage(ids: OrganizationId[], limit: number): OrganizationIdPage {
  const shown = ids.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = ids.length > limit && last !== undefined ? encodeCursor(listName, last) : null;
  return { ids: shown, nextCursor };
}

/** How many the filter wants, and how many each saved view would show without it. */
export async function countOrganizations(
  pool: pg.Pool,
  filter: OrganizationFilter,
  at: Date,
): Promise<{ matching: number; views: Record<OrganizationView, number> }> {
  const values: unknown[] = [at];
  const condition = organizationCondition(filter, values);
  const counts = Object.entries(viewConditions).map(
    ([view, viewCondition]) => `count(*) filter (where ${viewCondition})::int as "${view}"`,
  );
  const { rows } = await pool.query<Record<OrganizationView, number> & { matching: number }>(
    `select count(*) filter (where $1::timestamptz is not null and ${condition})::int as matching, ${counts.join(', ')}
       from organizations o`,
    values,
  );
  const { matching = 0, ...views } = rows[0] ?? {};
  const none = { all: 0, 'past-due': 0, 'over-limit': 0, trialing: 0, canceled: 0, free: 0 };
  return { matching, views: { ...none, ...views } };
}
