import { AppError } from '../shared/app-error.ts';
import { compareQuantities } from '../shared/money/quantity.ts';
import type { CatalogGateway, PriceSnapshot } from './catalog-gateway.ports.ts';
import type { ProductFamily } from './product-family.ts';
import type { HashText } from './publish-catalog.ports.ts';
import { type PlannedPrice, stripeCatalogOf } from './stripe-catalog.ts';

/** A price that existed at Stripe before this catalogue, named by a setting. */
export interface ExistingPrice {
  /** The setting that names it, for messages. */
  setting: string;
  stripeId: string;
  /** `family/plan` whose monthly base price in dollars it is. */
  plan: string;
}

/** Existing price → its key in the catalogue; plans that are priced by hand, or not loaded, have none. */
export function keysOfExisting(
  existing: readonly ExistingPrice[],
  families: readonly ProductFamily[],
): Map<string, ExistingPrice> {
  const keys = new Map<string, ExistingPrice>();
  for (const price of existing) {
    const [family, key] = price.plan.split('/');
    const plan = families.find((one) => one.key === family)?.plans.find((one) => one.key === key);
    if (plan === undefined || plan.prices.length === 0) continue;
    keys.set(`mg_${family}_${key}_v${plan.version}_base_month_usd`, price);
  }
  return keys;
}

/**
 * Compares existing prices with the catalogue. @throws CATALOG_PRICE_DIFFERS naming every setting whose price does not
 * exist, is archived, or charges something else; STRIPE_UNAVAILABLE
 */
export async function checkExistingPrices(
  deps: { gateway: Pick<CatalogGateway, 'retrievePrice'>; hash: HashText },
  existing: readonly ExistingPrice[],
  families: readonly ProductFamily[],
): Promise<void> {
  const planned = new Map(stripeCatalogOf(families, deps.hash).prices.map((spec) => [spec.key, spec]));
  const keys = keysOfExisting(existing, families);
  const problems: string[] = [];
  for (const price of existing) {
    const found = await deps.gateway.retrievePrice(price.stripeId);
    const key = [...keys].find(([, named]) => named === price)?.[0];
    const problem = problemOf(found, key === undefined ? undefined : planned.get(key));
    if (problem !== null) problems.push(`${price.setting}=${price.stripeId} ${problem}`);
  }
  if (problems.length > 0) throw priceDiffers(problems);
}

/** What is wrong with an existing price; null = it charges what the catalogue says. */
export function problemOf(found: PriceSnapshot | null, spec: PlannedPrice | undefined): string | null {
  if (found === null) return 'does not exist at Stripe';
  if (!found.isActive) return 'is archived at Stripe';
  if (spec === undefined) return found.interval === null ? 'is not a recurring price' : null;
  return isChargedAs(found, spec) ? null : `charges ${chargeOf(found)}, the catalogue says ${specText(spec)}`;
}

/** Whether a price at Stripe charges what the catalogue means; of tiers and packages only the frame is compared. */
export function isChargedAs(found: PriceSnapshot, spec: PlannedPrice): boolean {
  const isFrame =
    found.currency === spec.currency &&
    found.interval === spec.interval &&
    found.isMetered === (spec.meterKey !== null);
  if (!isFrame || spec.scheme.kind !== 'per_unit') return isFrame && found.unitPrice === null;
  return found.unitPrice !== null && compareQuantities(found.unitPrice, spec.scheme.unitPrice) === 0;
}

function chargeOf({ unitPrice, currency, interval, isMetered }: PriceSnapshot): string {
  const amount = unitPrice === null ? 'tiers or packages' : `${unitPrice} ${currency}`;
  return `${amount} ${interval === null ? 'once' : `a ${interval}`}${isMetered ? ', metered' : ''}`;
}

function specText({ scheme, currency, interval }: PlannedPrice): string {
  return `${scheme.kind === 'per_unit' ? `${scheme.unitPrice} ${currency}` : scheme.kind} a ${interval}`;
}

function priceDiffers(problems: readonly string[]): AppError {
  return new AppError({
    code: 'CATALOG_PRICE_DIFFERS',
    kind: 'conflict',
    severity: 'error',
    message: problems.join('; '),
    userMessage: `A price that exists at Stripe is not the catalogue's: ${problems.join('; ')}.`,
    context: { problems },
  });
}
