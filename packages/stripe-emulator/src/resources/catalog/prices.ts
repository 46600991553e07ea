import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankPrice } from '../../shapes/catalog.ts';
import type { PriceRow, Recurring } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requirePrice, requireProduct } from '../find.ts';
import { productOf } from './inline-product.ts';
import { announceUpdate, planOf } from './plan-of.ts';
import { readAmounts, readCurrencies, readTiers } from './price-amounts.ts';

function readRecurring(world: World, params: Params | undefined): Recurring | null {
  if (!params) return null;
  const interval = params.choice('interval', ['day', 'week', 'month', 'year']);
  if (!interval) throw missingParameter(params.nameOf('interval'));
  const usage = params.choice('usage_type', ['licensed', 'metered']) ?? 'licensed';
  const meter = params.textOrNull('meter');
  if (meter !== null && !world.store.get('billing.meter', meter)) {
    throw noSuchObject('billing meter', meter, params.nameOf('meter'));
  }
  if (usage === 'metered' && meter === null) {
    throw invalidRequest(
      'Metered prices must be backed by a meter.',
      params.nameOf('meter'),
      'parameter_missing',
    );
  }
  return {
    interval,
    interval_count: params.integer('interval_count') ?? 1,
    meter,
    trial_period_days: params.integer('trial_period_days') ?? null,
    usage_type: usage,
  };
}

/** Creates a price of a product; `product` wins over the parameter, as in `default_price_data`. */
export function createPrice(
  world: World,
  params: Params,
  { product, id }: { product?: string; id?: string } = {},
): PriceRow {
  const lookupKey = params.textOrNull('lookup_key');
  if (lookupKey !== null) releaseLookupKey(world, lookupKey, params.flag('transfer_lookup_key') ?? false);
  const recurring = readRecurring(world, params.sub('recurring'));
  const scheme = params.choice('billing_scheme', ['per_unit', 'tiered']) ?? 'per_unit';
  const tiersMode = params.choice('tiers_mode', ['graduated', 'volume']) ?? null;
  if (scheme === 'tiered' && tiersMode === null) throw missingParameter('tiers_mode');
  const transform = params.sub('transform_quantity');
  const productId = product ?? productOf(world, params);
  requireProduct(world, productId, 'product');
  const price = world.store.put('price', {
    ...blankPrice,
    ...readAmounts(params, scheme),
    id: id ?? newId('price'),
    active: params.flag('active') ?? true,
    billing_scheme: scheme,
    created: world.clock.nowSeconds(),
    currency: params.requireText('currency').toLowerCase(),
    lookup_key: lookupKey,
    metadata: mergeMetadata({}, params),
    nickname: params.textOrNull('nickname'),
    product: productId,
    recurring,
    tax_behavior: params.text('tax_behavior') ?? 'unspecified',
    tiers_mode: tiersMode,
    transform_quantity: transform
      ? {
          divide_by: transform.requireInteger('divide_by'),
          round: transform.choice('round', ['up', 'down']) ?? 'up',
        }
      : null,
    type: recurring ? 'recurring' : 'one_time',
    _tiers: scheme === 'tiered' ? readTiers(params) : null,
    _currencies: readCurrencies(params),
  });
  emit(world, 'price.created', price);
  if (recurring) emit(world, 'plan.created', planOf(price));
  return price;
}

/** A lookup key belongs to one price; `transfer_lookup_key` takes it from its present holder. */
function releaseLookupKey(world: World, key: string, isTransfer: boolean): void {
  const holder = world.store.all('price').find((price) => price.lookup_key === key);
  if (!holder) return;
  if (!isTransfer) {
    throw invalidRequest(
      `A price (\`${holder.id}\`) already uses that lookup key.`,
      'lookup_key',
      'resource_already_exists',
    );
  }
  const released = world.store.put('price', { ...holder, lookup_key: null });
  announceUpdate(world, holder, released);
}

function updatePrice({ world, params, id }: Call) {
  const before = requirePrice(world, id);
  const lookupKey = params.has('lookup_key') ? params.textOrNull('lookup_key') : before.lookup_key;
  if (lookupKey !== null && lookupKey !== before.lookup_key) {
    releaseLookupKey(world, lookupKey, params.flag('transfer_lookup_key') ?? false);
  }
  const price = world.store.put('price', {
    ...before,
    active: params.flag('active') ?? before.active,
    lookup_key: lookupKey,
    metadata: mergeMetadata(before.metadata, params),
    nickname: params.has('nickname') ? params.textOrNull('nickname') : before.nickname,
    tax_behavior: params.text('tax_behavior') ?? before.tax_behavior,
    _currencies: { ...before._currencies, ...readCurrencies(params) },
  });
  announceUpdate(world, before, price);
  return price;
}

function listPrices({ world, params }: Call) {
  const active = params.flag('active');
  const keys = params.texts('lookup_keys');
  const product = params.text('product');
  const type = params.text('type');
  const currency = params.text('currency');
  const recurring = params.sub('recurring');
  const matches = (row: PriceRow) =>
    (active === undefined || row.active === active) &&
    (!keys || (row.lookup_key !== null && keys.includes(row.lookup_key))) &&
    (!product || row.product === product) &&
    (!type || row.type === type) &&
    (!currency || row.currency === currency) &&
    (!recurring ||
      Object.entries(recurring.raw).every(([field, value]) => recurringField(row, field) === value));
  return listOf(world, 'price', { params, url: '/v1/prices', matches });
}

function recurringField(row: PriceRow, field: string): unknown {
  return Object.entries(row.recurring ?? {}).find(([name]) => name === field)?.[1];
}

/** Resolves `price` or inline `price_data` of an item. */
export function priceOf(world: World, params: Params): PriceRow {
  const inline = params.sub('price_data');
  if (!inline) {
    const price = requirePrice(world, params.requireText('price'), params.nameOf('price'));
    if (!price.active) {
      throw invalidRequest(
        'The price specified is inactive. This field only accepts active prices.',
        params.nameOf('price'),
      );
    }
    return price;
  }
  return createPrice(world, new Params({ ...inline.raw }));
}

registerIncludable('price', 'tiers', (world, row) => world.store.get('price', row.id)?._tiers ?? undefined);
registerIncludable('price', 'currency_options', (world, row) => {
  const price = world.store.get('price', row.id);
  if (!price) return undefined;
  const own = { unit_amount: price.unit_amount, unit_amount_decimal: price.unit_amount_decimal };
  const all = {
    [price.currency]: { ...own, ...(price._tiers ? { tiers: price._tiers } : {}) },
    ...price._currencies,
  };
  return Object.fromEntries(
    Object.entries(all).map(([currency, amounts]) => [
      currency,
      { custom_unit_amount: null, tax_behavior: price.tax_behavior, ...amounts },
    ]),
  );
});

export const priceRoutes: Route[] = [
  { method: 'POST', path: '/v1/prices', handler: ({ world, params }) => createPrice(world, params) },
  { method: 'GET', path: '/v1/prices', handler: listPrices },
  { method: 'GET', path: '/v1/prices/:id', handler: ({ world, id }) => requirePrice(world, id) },
  { method: 'POST', path: '/v1/prices/:id', handler: updatePrice },
];
