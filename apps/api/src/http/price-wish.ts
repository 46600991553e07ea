import { AppError, type OrganizationId, parseLookupKey } from '@metergate/core';
import type { Container } from '../container.ts';

export interface PriceWish {
  family: string;
  plan: string;
  interval: 'month' | 'year';
}

/**
 * The plan that a price id of Stripe stands for. Only prices that are offered now, in the organization's own
 * currency: an old, hidden or foreign price is refused rather than replaced.
 * @throws PRICE_NOT_OFFERED
 */
export async function wishOfStripePrice(
  container: Pick<Container, 'unitOfWork' | 'catalog'>,
  organizationId: OrganizationId,
  stripePriceId: string,
): Promise<PriceWish> {
  const { key, currency } = await container.unitOfWork.run(organizationId, async (tx) => ({
    key: (await tx.catalogObjects.findKeys('price', [stripePriceId])).get(stripePriceId),
    currency: (await tx.organizations.find(organizationId))?.currency,
  }));
  const price = key === undefined ? undefined : parseLookupKey(key);
  // What was agreed with one organization is on offer to nobody.
  if (price === undefined || price.own !== undefined || price.currency !== currency) throw priceNotOffered();
  const offered = container.catalog
    .get(price.family)
    ?.plans.some((plan) => plan.key === price.plan && plan.version === price.version);
  if (offered !== true) throw priceNotOffered();
  return { family: price.family, plan: price.plan, interval: price.interval };
}

function priceNotOffered(): AppError {
  return new AppError({
    code: 'PRICE_NOT_OFFERED',
    kind: 'malformed',
    message: 'price id is unknown, retired or of another currency',
    userMessage: 'This price is not on offer. Choose one of the plans shown.',
  });
}
