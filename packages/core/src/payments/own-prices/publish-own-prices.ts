import { isChargedAs } from '../../catalog/existing-prices.ts';
import { type KeyedPrice, keyedPricesOf, parseLookupKey } from '../../catalog/lookup-key.ts';
import { withOwnPrice } from '../../catalog/own-price.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { ownPriceAtStripe, type PlannedPrice, plansOf } from '../../catalog/stripe-catalog.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { pricesNotPublished } from '../purchase/purchase.errors.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { isSamePlace, type OwnPrice, placeOfKey } from './own-price.ts';
import { isOpenAt } from './sellable-price.ts';

interface Missing {
  spec: PlannedPrice;
  stripeProductId: string;
}

type PublishingDeps = Pick<PurchaseDeps, 'unitOfWork' | 'gateway' | 'clock' | 'families' | 'publishing'>;

/**
 * Makes the prices at Stripe that an organization's open agreements need, for the version it has and the one that is
 * sold. A price is named by plan, place and amount, so it is made once however often and by whomever this is called,
 * and two organizations with the same agreement share it. Costs one look when there is nothing to make.
 * @throws STRIPE_UNAVAILABLE, CATALOG_NOT_PUBLISHED
 */
export async function publishOwnPrices(deps: PublishingDeps, organizationId: OrganizationId): Promise<void> {
  await publishPrices(deps, organizationId, async (tx) => {
    const now = deps.clock.now();
    const open = (await tx.ownPrices.list(organizationId)).filter((own) => isOpenAt(own, now));
    if (open.length === 0) return [];
    const plans = await plansOfAgreements(deps.families, tx, { organizationId, open });
    return plans.flatMap(({ family, plan }) => ownKeys(plan, open).map((own) => ({ family, plan, own })));
  });
}

/** The same for prices that somebody names. */
export async function publishPrices(
  deps: PublishingDeps,
  organizationId: OrganizationId,
  find: (tx: PurchaseTx) => Promise<WantedPrice[]>,
): Promise<void> {
  const missing = await deps.unitOfWork.run(organizationId, async (tx) =>
    findMissing(deps, tx, await find(tx)),
  );
  for (const { spec, stripeProductId } of missing) {
    const { productKey: _product, meterKey: _meter, ...price } = spec;
    const [found] = await deps.gateway.findPrices([spec.key]);
    // A price without our content was made by hand under our key and may cost anything.
    const isOurs = found?.isActive === true && isChargedAs(found, spec);
    if (found !== undefined && !isOurs) throw pricesNotPublished([spec.key]);
    const usage = { kind: 'licensed' as const };
    const { stripeId } = found ?? (await deps.gateway.createPrice({ ...price, stripeProductId, usage }));
    await deps.publishing.platformUnitOfWork.run((tx) =>
      tx.catalogPublications.saveObject({
        kind: 'price',
        key: spec.key,
        stripeId,
        contentHash: spec.contentHash,
        pushedAt: deps.clock.now(),
      }),
    );
  }
}

async function findMissing(
  { publishing }: Pick<PurchaseDeps, 'publishing'>,
  tx: PurchaseTx,
  wanted: readonly WantedPrice[],
): Promise<Missing[]> {
  const known = await tx.catalogObjects.findStripeIds(
    'price',
    wanted.map(({ own }) => own.key),
  );
  const specs = wanted
    .filter(({ own }) => !known.has(own.key))
    .map(({ family, plan, own }) => ownPriceAtStripe(family, plan, { own, hash: publishing.hash }));
  const products = await tx.catalogObjects.findStripeIds(
    'product',
    specs.map(({ productKey }) => productKey),
  );
  return specs.map((spec) => {
    const stripeProductId = products.get(spec.productKey);
    if (stripeProductId === undefined) throw pricesNotPublished([spec.productKey]);
    return { spec, stripeProductId };
  });
}

export interface AgreedPlan {
  family: ProductFamily;
  plan: PlanVersion;
}

export interface WantedPrice extends AgreedPlan {
  own: KeyedPrice;
}

/** Every version that such a price may be charged in: what is sold, what runs, and what is scheduled. */
async function plansOfAgreements(
  families: readonly ProductFamily[],
  tx: PurchaseTx,
  { organizationId, open }: { organizationId: OrganizationId; open: readonly OwnPrice[] },
): Promise<AgreedPlan[]> {
  const found: AgreedPlan[] = [];
  const subscriptions = await tx.subscriptions.list(organizationId);
  for (const family of families) {
    const agreed = new Set(open.filter((own) => own.family === family.key).map(({ plan }) => plan));
    found.push(...plansOf(family).map((plan) => ({ family, plan })));
    const pinned = subscriptions
      .filter((record) => record.family === family.key)
      .flatMap((record) => [record, record.scheduledChange ?? record]);
    for (const { plan: key, planVersion } of pinned.filter(({ plan }) => agreed.has(plan))) {
      const plan = await tx.planVersions.find(family.key, key, planVersion);
      if (plan !== null && !found.some((one) => isVersion(one, plan))) found.push({ family, plan });
    }
  }
  return found;
}

function isVersion({ plan }: AgreedPlan, { family, key, version }: PlanVersion): boolean {
  return plan.family === family && plan.key === key && plan.version === version;
}

function ownKeys(plan: PlanVersion, open: readonly OwnPrice[]): KeyedPrice[] {
  return keyedPricesOf(plan).flatMap((keyed) => {
    const place = placeOfKey(keyed.key);
    const own = place === null ? undefined : open.findLast((one) => isSamePlace(one, place));
    const priced = own === undefined ? keyed : withOwnPrice(keyed, own.unitPrice);
    return parseLookupKey(priced.key)?.own === undefined ? [] : [priced];
  });
}
