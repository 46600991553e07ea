import { AppError } from '../shared/app-error.ts';
import type { MeterSpec, PriceScheme, PriceSpec, ProductSpec } from './catalog-gateway.ports.ts';
import { contentHashInput } from './content-hash-input.ts';
import { planVersionOf } from './define-family.ts';
import { type KeyedPrice, keyedPricesOf } from './lookup-key.ts';
import type { PlanVersion } from './plan.ts';
import type { Price } from './price.ts';
import type { ProductFamily } from './product-family.ts';
import type { HashText } from './publish-catalog.ports.ts';

/** A price that names its product and meter by catalogue key; the ids at Stripe are known only while pushing. */
export type PlannedPrice = Omit<PriceSpec, 'stripeProductId' | 'usage'> & {
  productKey: string;
  /** null = licensed, charged by quantity. */
  meterKey: string | null;
};

/** Everything the catalogue needs at Stripe, in a stable order. */
export interface StripeCatalog {
  products: ProductSpec[];
  prices: PlannedPrice[];
  meters: MeterSpec[];
}

/** Usage that is rated here (`invoice_item`) needs nothing at Stripe: its lines are written onto the invoice. */
export function stripeCatalogOf(families: readonly ProductFamily[], hash: HashText): StripeCatalog {
  const catalog: StripeCatalog = { products: [], prices: [], meters: [] };
  for (const family of families) {
    for (const plan of plansOf(family)) {
      const keyed = keyedPricesOf(plan).filter(isAtStripe);
      for (const price of keyed) catalog.prices.push(plannedPrice({ family, plan, hash }, price));
      for (const component of new Set(keyed.map((price) => price.component))) {
        catalog.products.push(productOf({ family, plan, hash }, component));
        if (component.kind === 'usage') catalog.meters.push(meterOf(family, component.feature));
      }
    }
  }
  return { ...catalog, meters: distinct(catalog.meters) };
}

export function plansOf(family: ProductFamily): PlanVersion[] {
  return family.plans.flatMap(({ key }) => planVersionOf(family, key) ?? []);
}

interface PlanContext {
  family: ProductFamily;
  plan: PlanVersion;
  hash: HashText;
}

/** What an own price is at Stripe: as the catalogue's price of its place, with another amount and key. */
export function ownPriceAtStripe(
  family: ProductFamily,
  plan: PlanVersion,
  { own, hash }: { own: KeyedPrice; hash: HashText },
): PlannedPrice {
  return plannedPrice({ family, plan, hash }, own);
}

function isAtStripe({ component }: KeyedPrice): boolean {
  return component.kind !== 'usage' || component.billing === 'stripe_meter';
}

function productKey(plan: PlanVersion, component: KeyedPrice['component']): string {
  return `mg_${plan.family}_${plan.key}_${component.key}`;
}

function productOf({ family, plan, hash }: PlanContext, component: KeyedPrice['component']): ProductSpec {
  const key = productKey(plan, component);
  const name =
    component.kind === 'base' ? `${family.name} ${plan.name}` : `${family.name}: ${component.name}`;
  const description = component.kind === 'base' ? plan.description : null;
  const metadata = { metergate_family: plan.family, metergate_plan: plan.key };
  return { key, name, description, metadata, contentHash: hash(contentHashInput({ name, description })) };
}

function plannedPrice({ family, plan, hash }: PlanContext, keyed: KeyedPrice): PlannedPrice {
  const { component, interval, price, key } = keyed;
  const content = {
    productKey: productKey(plan, component),
    meterKey: component.kind === 'usage' ? meterOf(family, component.feature).key : null,
    currency: price.currency,
    interval,
    scheme: schemeOf(price, key),
  };
  return {
    key,
    ...content,
    contentHash: hash(contentHashInput(content)),
    metadata: {
      metergate_family: plan.family,
      metergate_plan: plan.key,
      metergate_plan_version: String(plan.version),
      ...(component.kind === 'usage' ? { metergate_meter: component.feature } : {}),
    },
  };
}

function schemeOf(price: Price, key: string): PriceScheme {
  if (price.model !== 'flat' && price.minimum !== undefined) throw notAtStripe(key, 'a minimum');
  switch (price.model) {
    case 'flat':
      return { kind: 'per_unit', unitPrice: price.unitPrice };
    case 'per_unit':
      return price.included === undefined
        ? { kind: 'per_unit', unitPrice: price.unitPrice }
        : tiered('graduated', [
            { upTo: price.included, unitPrice: '0', flatPrice: null },
            { upTo: null, unitPrice: price.unitPrice, flatPrice: null },
          ]);
    case 'package':
      if (price.included !== undefined) throw notAtStripe(key, 'packages with free units');
      return { kind: 'package', packageSize: price.packageSize, packagePrice: price.packagePrice };
    case 'graduated':
    case 'volume':
      if (price.included !== undefined) throw notAtStripe(key, 'tiers with free units');
      return tiered(
        price.model,
        price.tiers.map(({ upTo, unitPrice, flatPrice }) => ({
          upTo,
          unitPrice,
          flatPrice: flatPrice ?? null,
        })),
      );
  }
}

function tiered(
  mode: 'graduated' | 'volume',
  tiers: Extract<PriceScheme, { kind: 'tiered' }>['tiers'],
): PriceScheme {
  return { kind: 'tiered', mode, tiers };
}

function meterOf(family: ProductFamily, feature: string): MeterSpec {
  const meter = family.meters.find(({ key }) => key === feature);
  const aggregation = meter?.aggregation;
  if (meter === undefined || (aggregation !== 'sum' && aggregation !== 'count')) {
    throw notAtStripe(feature, `the aggregation ${aggregation ?? 'none'}`);
  }
  // Hourly sums are reported, so the events at Stripe always carry a quantity to add up.
  return { key: meter.eventName, name: meter.name, aggregation: 'sum' };
}

function distinct(meters: readonly MeterSpec[]): MeterSpec[] {
  return [...new Map(meters.map((meter) => [meter.key, meter])).values()];
}

function notAtStripe(key: string, what: string): AppError {
  return new AppError({
    code: 'CATALOG_NOT_AT_STRIPE',
    kind: 'internal',
    message: `Stripe cannot charge ${what} (${key}): bill it as invoice_item`,
    userMessage: 'The catalogue has a price that the payment service cannot charge.',
    context: { key },
  });
}
