import type {
  CatalogGateway,
  CatalogObjectSnapshot,
  PriceSnapshot,
  PriceSpec,
  ProductSpec,
} from '@metergate/core/catalog/catalog-gateway.ports';
import Stripe from 'stripe';
import { unitAmountFromStripe, unitAmountToStripe } from '../amounts.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

/** Stripe takes at most ten lookup keys in one list call. */
const lookupKeysMax = 10;

export function catalogCalls(caller: StripeCaller): CatalogGateway {
  return {
    async listCatalogProducts() {
      const products = await caller.call((stripe) =>
        stripe.products.list({ limit: 100 }).autoPagingToArray({ limit: listLimitMax }),
      );
      return products.flatMap((product) => {
        const key = product.metadata.metergate_product;
        return key === undefined ? [] : [snapshot(key, product, product.active)];
      });
    },

    async findPrices(keys) {
      const found: PriceSnapshot[] = [];
      for (let from = 0; from < keys.length; from += lookupKeysMax) {
        const part = keys.slice(from, from + lookupKeysMax);
        const prices = await caller.call((stripe) => stripe.prices.list({ lookup_keys: part, limit: 100 }));
        for (const price of prices.data) {
          if (price.lookup_key !== null) found.push(priceFromStripe(price.lookup_key, price));
        }
      }
      return found;
    },

    async retrievePrice(stripeId) {
      const price = await caller.find((stripe) => stripe.prices.retrieve(stripeId));
      return price === null ? null : priceFromStripe(price.lookup_key ?? '', price);
    },

    async adoptPrice(stripeId, { key, contentHash, metadata }) {
      const price = await caller.call((stripe) =>
        stripe.prices.update(
          stripeId,
          {
            lookup_key: key,
            metadata: { ...metadata, metergate_price: key, metergate_hash: contentHash },
          },
          caller.once(`catalog:adopt:${stripeId}:${contentHash}`),
        ),
      );
      return priceFromStripe(key, price);
    },

    async listCatalogMeters() {
      const meters = await caller.call((stripe) =>
        stripe.billing.meters.list({ limit: 100 }).autoPagingToArray({ limit: listLimitMax }),
      );
      return meters.map((meter) => ({
        key: meter.event_name,
        stripeId: meter.id,
        contentHash: null,
        isActive: meter.status === 'active',
      }));
    },

    async createProduct(spec) {
      const product = await caller.call((stripe) =>
        stripe.products.create(productToStripe(spec), caller.once(`catalog:product:${spec.key}`)),
      );
      return snapshot(spec.key, product, product.active);
    },

    async updateProduct(stripeId, spec) {
      const product = await caller.call((stripe) => stripe.products.update(stripeId, productToStripe(spec)));
      return snapshot(spec.key, product, product.active);
    },

    async createPrice(spec) {
      const price = await caller.call((stripe) =>
        stripe.prices.create(
          priceToStripe(spec),
          caller.once(`catalog:price:${spec.key}:${spec.contentHash}`),
        ),
      );
      return priceFromStripe(spec.key, price);
    },

    async createMeter(spec) {
      const meter = await caller.call((stripe) =>
        stripe.billing.meters.create(
          {
            display_name: spec.name,
            event_name: spec.key,
            default_aggregation: { formula: spec.aggregation },
            customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
            value_settings: { event_payload_key: 'value' },
          },
          caller.once(`catalog:meter:${spec.key}`),
        ),
      );
      return { key: spec.key, stripeId: meter.id, contentHash: null, isActive: meter.status === 'active' };
    },
  };
}

function snapshot(
  key: string,
  object: { id: string; metadata: Stripe.Metadata },
  isActive: boolean,
): CatalogObjectSnapshot {
  return {
    key,
    stripeId: object.id,
    contentHash: object.metadata.metergate_hash ?? null,
    isActive,
  };
}

const intervals = ['month', 'year'] as const;

function priceFromStripe(key: string, price: Stripe.Price): PriceSnapshot {
  const { recurring } = price;
  const currency = price.currency.toUpperCase();
  const interval = recurring?.interval_count === 1 ? recurring.interval : null;
  const isPlain = price.billing_scheme === 'per_unit' && price.transform_quantity === null;
  return {
    ...snapshot(key, price, price.active),
    currency,
    interval: intervals.find((known) => known === interval) ?? null,
    isMetered: recurring?.usage_type === 'metered',
    unitPrice:
      isPlain && price.unit_amount_decimal !== null
        ? unitAmountFromStripe(String(price.unit_amount_decimal), currency)
        : null,
  };
}

function productToStripe(spec: ProductSpec) {
  return {
    name: spec.name,
    metadata: { ...spec.metadata, metergate_product: spec.key, metergate_hash: spec.contentHash },
    ...(spec.description === null ? {} : { description: spec.description }),
  };
}

function priceToStripe(spec: PriceSpec): Stripe.PriceCreateParams {
  const { scheme, usage } = spec;
  return {
    product: spec.stripeProductId,
    currency: spec.currency.toLowerCase(),
    lookup_key: spec.key,
    nickname: spec.key,
    recurring:
      usage.kind === 'metered'
        ? { interval: spec.interval, usage_type: 'metered', meter: usage.stripeMeterId }
        : { interval: spec.interval, usage_type: 'licensed' },
    metadata: { ...spec.metadata, metergate_price: spec.key, metergate_hash: spec.contentHash },
    ...schemeToStripe(scheme, spec.currency),
  };
}

function schemeToStripe(scheme: PriceSpec['scheme'], currency: string): Partial<Stripe.PriceCreateParams> {
  const amount = (major: string) => Stripe.Decimal.from(unitAmountToStripe(major, currency));
  switch (scheme.kind) {
    case 'per_unit':
      return { billing_scheme: 'per_unit', unit_amount_decimal: amount(scheme.unitPrice) };
    case 'package':
      return {
        billing_scheme: 'per_unit',
        unit_amount_decimal: amount(scheme.packagePrice),
        transform_quantity: { divide_by: Number(scheme.packageSize), round: 'up' },
      };
    case 'tiered':
      return {
        billing_scheme: 'tiered',
        tiers_mode: scheme.mode,
        tiers: scheme.tiers.map(({ upTo, unitPrice, flatPrice }) => ({
          up_to: upTo === null ? ('inf' as const) : Number(upTo),
          unit_amount_decimal: amount(unitPrice),
          ...(flatPrice === null ? {} : { flat_amount_decimal: amount(flatPrice) }),
        })),
      };
  }
}
