import { type Actor, AppError, type OrganizationId, usagePriceOf } from '@metergate/core';
import { endPriceOverride, setPriceOverride } from '@metergate/core/admin/override-price';
import type { UsagePriceView } from '@metergate/core/admin/usage-price.schemas';
import type { FeatureGrant } from '@metergate/core/limits/entitlement-snapshot';
import type { Container } from '../container.ts';
import { requireOrganization } from '../organizations/require-organization.ts';

type Staff = Extract<Actor, { kind: 'staff' }>;

/** What each charged unit costs an organization: by its plan, and by its own price where there is one. */
export async function listUsagePrices(container: Container, reference: string): Promise<UsagePriceView[]> {
  const { id } = await requireOrganization(container, reference);
  return pricesOf(container, id);
}

/** @throws USAGE_NOT_CHARGED, OVERRIDE_EXPIRY_PASSED, UNIT_PRICE_INVALID */
export async function overridePrice(
  container: Container,
  request: {
    actor: Staff;
    organization: string;
    feature: string;
    unitPrice: string;
    reason: string;
    expiresAt: string | null;
  },
): Promise<UsagePriceView[]> {
  const { organization, expiresAt, ...input } = request;
  const { id: organizationId } = await requireOrganization(container, organization);
  const charged = await pricesOf(container, organizationId);
  if (charged.every(({ feature }) => feature !== input.feature)) throw usageNotCharged(input.feature);
  const until = expiresAt === null ? null : new Date(expiresAt);
  await setPriceOverride(container, { ...input, organizationId, expiresAt: until });
  return freshPrices(container, organizationId);
}

/** @throws NOT_FOUND */
export async function endPrice(
  container: Container,
  request: { actor: Staff; organization: string; feature: string; reason: string },
): Promise<UsagePriceView[]> {
  const { organization, ...input } = request;
  const { id: organizationId } = await requireOrganization(container, organization);
  await endPriceOverride(container, { ...input, organizationId });
  return freshPrices(container, organizationId);
}

function freshPrices(container: Container, organizationId: OrganizationId) {
  container.metering.entitlements.forget(organizationId);
  return pricesOf(container, organizationId);
}

async function pricesOf(container: Container, organizationId: OrganizationId): Promise<UsagePriceView[]> {
  const { grants, facts } = await container.metering.entitlements.snapshotOf(organizationId);
  const open = await container.unitOfWork.run(organizationId, (tx) =>
    tx.priceOverrides.listOpen(organizationId),
  );
  const now = container.clock.now();
  return [...grants.values()].flatMap((grant) => {
    const planPrice = planPriceOf(grant, facts.currency);
    if (planPrice === null) return [];
    const own = open.findLast(
      ({ feature, expiresAt }) => feature === grant.feature.key && (expiresAt === null || expiresAt > now),
    );
    return [
      {
        family: grant.standing.family.key,
        feature: grant.feature.key,
        name: grant.feature.name,
        currency: facts.currency,
        planPrice,
        ownPrice: own?.unitPrice ?? null,
        reason: own?.reason ?? null,
        expiresAt: own?.expiresAt?.toISOString() ?? null,
      },
    ];
  });
}

/** null = the plan does not charge for it, or by tiers that have no single price. */
function planPriceOf({ entitlement, standing }: FeatureGrant, currency: string): string | null {
  const { planVersion, subscription } = standing;
  if (planVersion === null || subscription === null || entitlement?.kind !== 'metered') return null;
  const inherited = { ...entitlement, unitPriceOverride: null };
  const price = usagePriceOf(planVersion, inherited, currency)?.price;
  return price?.model === 'per_unit' ? price.unitPrice : null;
}

function usageNotCharged(feature: string): AppError {
  return new AppError({
    code: 'USAGE_NOT_CHARGED',
    kind: 'invalid_input',
    message: `no price per unit of ${feature.slice(0, 60)}`,
    userMessage: 'The plan of this organization has no price per unit of this feature.',
  });
}
