import { AppError } from '@metergate/core';
import { checkExistingPrices, type ExistingPrice } from '@metergate/core/catalog/existing-prices';
import type { Container } from '../container.ts';
import type { Environment } from '../env.ts';
import { describeError } from '../logging/logger.ts';

const planBySetting = {
  STRIPE_PRICE_PRO: 'voice-ops/pro',
  STRIPE_PRICE_BUSINESS: 'voice-ops/business',
  STRIPE_PRICE_ENTERPRISE: 'voice-ops/enterprise',
  STRIPE_PRICE_BASIC_SUB: 'voice-words/basic',
  STRIPE_PRICE_PRO_SUB: 'voice-words/pro',
} as const;

/** The prices at Stripe that the settings name, to be taken over by the catalogue. */
export function existingPricesOf(env: Pick<Environment, keyof typeof planBySetting>): ExistingPrice[] {
  const settings = Object.entries(planBySetting) as [keyof typeof planBySetting, string][];
  return settings.flatMap(([setting, plan]) => {
    const stripeId = env[setting];
    return stripeId === undefined ? [] : [{ setting, stripeId, plan }];
  });
}

/**
 * Refuses the start over a price that charges something else than the catalogue; while Stripe is away nobody can tell.
 * @throws CATALOG_PRICE_DIFFERS
 */
export async function refuseForeignPrices({ background, catalog, log }: Container): Promise<void> {
  const { existingPrices = [] } = background.publish;
  if (existingPrices.length === 0) return;
  try {
    await checkExistingPrices(background.publish, existingPrices, [...catalog.values()]);
  } catch (error) {
    if (!(error instanceof AppError && error.kind === 'unavailable')) throw error;
    log.warn(
      { error: describeError(error) },
      'existing prices could not be compared: Stripe does not answer',
    );
  }
}
