import type { ProductFamily } from '../../catalog/product-family.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { billingPeriod } from '../../shared/time/billing-period.ts';
import { requireFamily } from '../purchase/offer.ts';
import { readDraft } from './draft-family.ts';
import type { ShadowView } from './shadow.schemas.ts';
import { type ShadowDeps, shadowBilling } from './shadow-billing.ts';

/** Bounds the work of one call: each organization is counted twice. */
const organizationsOfPage = 25;

export interface ShadowDirectory {
  /** With a subscription of the family that runs or has ended since, in the order of their ids. */
  list(query: {
    family: string;
    endedAfter: Date;
    after: OrganizationId | null;
    limit: number;
  }): Promise<{ organizationId: OrganizationId; slug: string }[]>;
}

export interface ShadowCatalogDeps extends ShadowDeps {
  families: readonly ProductFamily[];
  organizations: ShadowDirectory;
}

export interface ShadowRequest {
  actor: Actor;
  family: string;
  /** JSON of a family; null = what is sold now, for those who still have an older version. */
  draft: string | null;
  monthCount: number;
  after: OrganizationId | null;
}

/**
 * What closed months of the family's organizations were billed and would be billed under a draft, one page of
 * organizations after the other. Writes nothing and asks nobody.
 * @throws FAMILY_UNKNOWN, CATALOG_DRAFT_INVALID
 */
export async function shadowCatalog(deps: ShadowCatalogDeps, request: ShadowRequest): Promise<ShadowView> {
  authorize(request.actor, { staff: 'support' });
  const sold = requireFamily(deps.families, request.family);
  const draft = request.draft === null ? sold : readDraft(sold.key, request.draft);
  // A month is looked at when it began within the span, so one more reaches the last whole ones.
  const since = billingPeriod(deps.clock.now(), { unit: 'month', count: 1 }, -1 - request.monthCount).start;
  const page = await deps.organizations.list({
    family: sold.key,
    endedAfter: since,
    after: request.after,
    limit: organizationsOfPage,
  });
  const months: ShadowView['months'] = [];
  for (const { organizationId, slug } of page) {
    const shadowed = await shadowBilling(deps, { organizationId, draft, since });
    months.push(...shadowed.map((month) => ({ ...month, slug })));
  }
  const last = page.length < organizationsOfPage ? undefined : page.at(-1);
  return { since: since.toISOString(), months, nextCursor: last?.organizationId ?? null };
}
