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
  await eachPage(list, async (page) => {
    for (const organizationId of page) await visit(organizationId);
  });
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
