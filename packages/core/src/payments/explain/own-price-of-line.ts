import { lookupKey, parseLookupKey } from '../../catalog/lookup-key.ts';
import { canonicalAmount, priceOfKey, unitPriceOf } from '../../catalog/own-price.ts';
import type { PlanVersionRepository } from '../../catalog/publish-catalog.ports.ts';
import type { InvoiceLineRecord } from '../../invoices/invoices.ports.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { formatUnitPrice } from '../../shared/money/format-money.ts';
import { endOf, isSamePlace, placeOfKey } from '../own-prices/own-price.ts';
import type { AgreementHistory, OwnPriceRepository } from '../own-prices/own-prices.ports.ts';
import type { OwnPriceExplanation } from './explanation.schemas.ts';

export interface OwnPriceTx {
  planVersions: PlanVersionRepository;
  ownPrices: OwnPriceRepository;
  agreements: AgreementHistory;
}

type Line = Pick<InvoiceLineRecord, 'priceKey' | 'meter' | 'periodStart' | 'currency'>;

interface Found {
  unitPrice: string;
  reason: string;
  until: Date | null;
}

/** What was agreed about the price of a line, and what the plan would have charged; null = the plan's price. */
export async function ownPriceOfLine(
  tx: OwnPriceTx,
  organizationId: OrganizationId,
  line: Line,
): Promise<OwnPriceExplanation | null> {
  const found =
    line.meter === null
      ? await agreedItemPrice(tx, organizationId, line)
      : await agreedUsagePrice(tx, organizationId, line);
  if (found === null) return null;
  const { unitPrice, reason, until } = found;
  const planPrice = await planPriceOf(tx, line.priceKey ?? '');
  return { unitPrice, planPrice, reason, until: until?.toISOString() ?? null, currency: line.currency };
}

/** `own price $39.00 instead of $49.00, until 2027-06-15: agreed by mail`. */
export function ownPriceSentence({
  unitPrice,
  planPrice,
  reason,
  until,
  currency,
}: OwnPriceExplanation): string {
  const text = (price: string) => formatUnitPrice({ price, currency }, 'en-US');
  const instead = planPrice === null ? "the plan's price" : text(planPrice);
  const end = until === null ? '' : `, until ${until.slice(0, 10)}`;
  return `own price ${text(unitPrice)} instead of ${instead}${end}: ${reason}`;
}

/** The key of the price says what was charged; the newest agreement of that amount before the line says why. */
async function agreedItemPrice(
  tx: OwnPriceTx,
  organizationId: OrganizationId,
  { priceKey, periodStart }: Line,
): Promise<Found | null> {
  const place = priceKey === null ? null : placeOfKey(priceKey);
  const own = priceKey === null ? undefined : parseLookupKey(priceKey)?.own;
  if (place === null || own === undefined) return null;
  const unitPrice = canonicalAmount(own);
  const agreed = (await tx.ownPrices.list(organizationId)).findLast(
    (one) =>
      isSamePlace(one, place) && one.unitPrice === unitPrice && wholeSecond(one.createdAt) <= periodStart,
  );
  return {
    unitPrice,
    reason: agreed?.reason ?? 'agreed',
    until: agreed === undefined ? null : endOf(agreed),
  };
}

/** A month of usage is cut where an agreement begins and ends, so its begin says which one counted. */
async function agreedUsagePrice(
  tx: OwnPriceTx,
  organizationId: OrganizationId,
  { meter, periodStart }: Line,
): Promise<Found | null> {
  const agreed = (await tx.agreements.list(organizationId)).find((one) => {
    const end = endOf(one);
    const isInForce = wholeSecond(one.createdAt) <= periodStart && (end === null || periodStart < end);
    return one.sets === 'usage_price' && one.subject === meter && isInForce;
  });
  if (agreed === undefined || agreed.value === null) return null;
  return { unitPrice: agreed.value, reason: agreed.reason, until: endOf(agreed) };
}

/** Stripe keeps the periods of lines in whole seconds. */
function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}

async function planPriceOf({ planVersions }: OwnPriceTx, priceKey: string): Promise<string | null> {
  const identity = parseLookupKey(priceKey);
  if (identity === undefined) return null;
  const { own: _, ...catalog } = identity;
  const plan = await planVersions.find(identity.family, identity.plan, identity.version);
  const found = plan === null ? undefined : priceOfKey(plan, lookupKey(catalog));
  return found === undefined ? null : unitPriceOf(found.price);
}
