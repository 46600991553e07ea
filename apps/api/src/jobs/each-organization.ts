import type { OrganizationId } from '@metergate/core';

export type ListOrganizations = (
  after: OrganizationId | null,
  limit: number,
) => Promise<readonly OrganizationId[]>;

const PAGE = 100;

/** Visits every organization once, a page of ids at a time; organizations made meanwhile may be missed. */
export async function eachOrganization(
  list: ListOrganizations,
  visit: (organizationId: OrganizationId) => Promise<void>,
): Promise<void> {
  let after: OrganizationId | null = null;
  for (;;) {
    const page: readonly OrganizationId[] = await list(after, PAGE);
    for (const organizationId of page) await visit(organizationId);
    if (page.length < PAGE) return;
    after = page.at(-1) ?? null;
  }
}
