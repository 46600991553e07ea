import type { OrganizationId } from '@metergate/core';
import { sideBySide } from './lanes.ts';

export type ListOrganizations = (
  after: OrganizationId | null,
  limit: number,
) => Promise<readonly OrganizationId[]>;

const PAGE = 100;
/** Half of the connections of this process: while one organization waits for the database or Stripe, others go on. */
export const widthOfMany = 4;

/**
 * Visits every organization once, a page of ids at a time, `width` of them at the same time; organizations made
 * meanwhile may be missed.
 */
export async function eachOrganization(
  list: ListOrganizations,
  visit: (organizationId: OrganizationId) => Promise<void>,
  width = 1,
): Promise<void> {
  await eachPage(list, (page) => sideBySide(page, width, visit));
}

/** The same for work that one question answers for a whole page. */
export async function eachPage(
  list: ListOrganizations,
  visit: (organizationIds: readonly OrganizationId[]) => Promise<void>,
): Promise<void> {
  let after: OrganizationId | null = null;
  for (;;) {
    const page: readonly OrganizationId[] = await list(after, PAGE);
    if (page.length > 0) await visit(page);
    if (page.length < PAGE) return;
    after = page.at(-1) ?? null;
  }
}
