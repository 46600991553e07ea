import { requireCoupon } from '../../billing/discounts/redeem.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCoupon } from '../../shapes/catalog.ts';
import type { CouponRow } from '../../store/rows.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord, type Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requireProduct } from '../find.ts';
import { expireCode } from './promotion-codes.ts';

function readPercent(params: Params): number | null {
  const text = params.textOrNull('percent_off');
  if (text === null) return null;
  const percent = Number(text);
  if (!/^\d+(\.\d{1,4})?$/.test(text) || percent <= 0 || percent > 100) {
    throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100', 'percent_off');
  }
  return percent;
}

function readCurrencies(params: Params): Record<string, number> {
  const options = params.raw.currency_options;
  if (!isRecord(options)) return {};
  return Object.fromEntries(
    Object.entries(options).map(([currency, option]) => [
      currency,
      Number(isRecord(option) ? option.amount_off : Number.NaN),
    ]),
  );
}

/** A whole number of at least one, or null. */
function readPositive(params: Params, name: string): number | null {
  const value = params.integer(name) ?? null;
  if (value !== null && value < 1) throw invalidRequest(`Invalid ${name}: must be at least 1`, name);
  return value;
}

/** Either a percentage or an amount; since API version basil an amount cannot be taken off for ever. */
function readValue(world: World, params: Params, duration: CouponRow['duration']) {
  const percent = readPercent(params);
  const amount = readPositive(params, 'amount_off');
  if ((percent === null) === (amount === null))
    throw invalidRequest('Give either percent_off or amount_off.', 'percent_off');
  if (amount !== null && duration === 'forever' && world.request?.isCurrentVersion) {
    throw invalidRequest('Coupons with `amount_off` cannot have a duration of `forever`.', 'duration');
  }
  return {
    amount_off: amount,
    currency: amount === null ? null : params.requireText('currency').toLowerCase(),
    percent_off: percent,
  };
}

function readDuration(params: Params) {
  const duration = params.choice('duration', ['once', 'repeating', 'forever']) ?? 'once';
  const months = readPositive(params, 'duration_in_months');
  if (duration === 'repeating' && months === null) throw missingParameter('duration_in_months');
  if (duration !== 'repeating' && months !== null) {
    throw invalidRequest('Only repeating coupons have `duration_in_months`.', 'duration_in_months');
  }
  return { duration, duration_in_months: months };
}

function createCoupon({ world, params }: Call) {
  const id = params.text('id') ?? randomText(8);
  if (world.store.get('coupon', id))
    throw invalidRequest(`Coupon already exists: ${id}`, 'id', 'resource_already_exists');
  const now = world.clock.nowSeconds();
  const duration = readDuration(params);
  const redeemBy = params.integer('redeem_by') ?? null;
  if (redeemBy !== null && redeemBy <= now) {
    throw invalidRequest('`redeem_by` must be in the future.', 'redeem_by');
  }
  const products = params.sub('applies_to')?.texts('products') ?? null;
  for (const product of products ?? []) requireProduct(world, product, 'applies_to[products]');
  const coupon = world.store.put('coupon', {
    ...blankCoupon,
    ...duration,
    ...readValue(world, params, duration.duration),
    id,
    created: now,
    max_redemptions: readPositive(params, 'max_redemptions'),
    metadata: mergeMetadata({}, params),
    name: params.textOrNull('name'),
    redeem_by: redeemBy,
    times_redeemed: 0,
    valid: true,
    _currencies: readCurrencies(params),
    _products: products,
  });
  emit(world, 'coupon.created', coupon);
  return coupon;
}

function updateCoupon({ world, params, id }: Call) {
  const before = requireCoupon(world, id, 'id');
  const after = world.store.put('coupon', {
    ...before,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
    name: params.has('name') ? params.textOrNull('name') : before.name,
    _currencies: { ...before._currencies, ...readCurrencies(params) },
  });
  emitChange(world, 'coupon.updated', { before, after });
  return after;
}

/** A deleted coupon stays in force where it was redeemed; its codes cannot be redeemed any more. */
function deleteCoupon({ world, id }: Call) {
  const coupon = requireCoupon(world, id, 'id');
  world.store.put('coupon', { ...coupon, valid: false, _isDeleted: true });
  for (const code of world.store.all('promotion_code')) {
    if (code.active && code.promotion.coupon === id) expireCode(world, code);
  }
  emit(world, 'coupon.deleted', coupon);
  return { id, object: 'coupon', deleted: true };
}

registerIncludable('coupon', 'applies_to', (world, row) => {
  const products = world.store.get('coupon', row.id)?._products;
  return products ? { products } : undefined;
});
registerIncludable('coupon', 'currency_options', (world, row) => {
  const currencies = Object.entries(world.store.get('coupon', row.id)?._currencies ?? {});
  return currencies.length === 0
    ? undefined
    : Object.fromEntries(currencies.map(([currency, amount]) => [currency, { amount_off: amount }]));
});

const isListed = (row: CouponRow) => !row._isDeleted;

export const couponRoutes: Route[] = [
  { method: 'POST', path: '/v1/coupons', handler: createCoupon },
  {
    method: 'GET',
    path: '/v1/coupons',
    handler: ({ world, params }) =>
      listOf(world, 'coupon', { params, url: '/v1/coupons', matches: isListed }),
  },
  { method: 'GET', path: '/v1/coupons/:id', handler: ({ world, id }) => requireCoupon(world, id, 'id') },
  { method: 'POST', path: '/v1/coupons/:id', handler: updateCoupon },
  { method: 'DELETE', path: '/v1/coupons/:id', handler: deleteCoupon },
];
