import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCoupon, blankPromotionCode } from '../../shapes/catalog.ts';
import type { CouponRow, PromotionCodeRow } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { registerIncludable } from '../../wire/expand.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord, type Params } from '../../wire/params.ts';
import { requireCoupon } from './discount-params.ts';

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

function createCoupon({ world, params }: Call) {
  const id = params.text('id') ?? randomText(8);
  if (world.store.get('coupon', id))
    throw invalidRequest(`Coupon already exists: ${id}`, 'id', 'resource_already_exists');
  const percent = readPercent(params);
  const amount = params.integer('amount_off') ?? null;
  if ((percent === null) === (amount === null))
    throw invalidRequest('Give either percent_off or amount_off.', 'percent_off');
  const duration = params.choice('duration', ['once', 'repeating', 'forever']) ?? 'once';
  const months = params.integer('duration_in_months') ?? null;
  if (duration === 'repeating' && months === null) throw missingParameter('duration_in_months');
  const coupon = world.store.put('coupon', {
    ...blankCoupon,
    id,
    amount_off: amount,
    created: world.clock.nowSeconds(),
    currency: amount === null ? null : params.requireText('currency').toLowerCase(),
    duration,
    duration_in_months: months,
    max_redemptions: params.integer('max_redemptions') ?? null,
    metadata: mergeMetadata({}, params),
    name: params.textOrNull('name'),
    percent_off: percent,
    redeem_by: params.integer('redeem_by') ?? null,
    times_redeemed: 0,
    valid: true,
    _currencies: readCurrencies(params),
    _products: params.sub('applies_to')?.texts('products') ?? null,
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
  });
  emitChange(world, 'coupon.updated', { before, after });
  return after;
}

/** A deleted coupon stays in force where it was redeemed, so the row only stops being found. */
function deleteCoupon({ world, id }: Call) {
  const coupon = requireCoupon(world, id, 'id');
  world.store.put('coupon', { ...coupon, valid: false });
  emit(world, 'coupon.deleted', coupon);
  return { id, object: 'coupon', deleted: true };
}

function createCode({ world, params }: Call) {
  const couponId = params.sub('promotion')?.requireText('coupon') ?? params.text('coupon');
  if (!couponId) throw missingParameter('promotion[coupon]');
  const coupon = requireCoupon(world, couponId, 'promotion[coupon]');
  const text = params.text('code') ?? randomText(8).toUpperCase();
  const isTaken = world.store
    .all('promotion_code')
    .some((row) => row.active && row.code.toLowerCase() === text.toLowerCase());
  if (isTaken)
    throw invalidRequest(`An active promotion code with \`code: ${text}\` already exists.`, 'code');
  const code = world.store.put('promotion_code', {
    ...blankPromotionCode,
    id: newId('promo'),
    active: params.flag('active') ?? true,
    code: text,
    created: world.clock.nowSeconds(),
    customer: params.textOrNull('customer'),
    expires_at: params.integer('expires_at') ?? null,
    max_redemptions: params.integer('max_redemptions') ?? null,
    metadata: mergeMetadata({}, params),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  });
  emit(world, 'promotion_code.created', code);
  return code;
}

function requireCode({ world, id }: Call): PromotionCodeRow {
  const code = world.store.get('promotion_code', id);
  if (!code) throw noSuchObject('promotion code', id);
  return code;
}

function updateCode(call: Call) {
  const before = requireCode(call);
  const after = call.world.store.put('promotion_code', {
    ...before,
    active: call.params.flag('active') ?? before.active,
    metadata: mergeMetadata({ ...Object(before.metadata) }, call.params),
  });
  emitChange(call.world, 'promotion_code.updated', { before, after });
  return after;
}

function listCodes({ world, params }: Call) {
  const code = params.text('code');
  const coupon = params.text('coupon');
  const active = params.flag('active');
  const matches = (row: PromotionCodeRow) =>
    (!code || row.code === code) &&
    (!coupon || row.promotion.coupon === coupon) &&
    (active === undefined || row.active === active);
  return listOf(world, 'promotion_code', { params, url: '/v1/promotion_codes', matches });
}

registerIncludable('coupon', 'applies_to', (world, row) => {
  const products = world.store.get('coupon', row.id)?._products;
  return products ? { products } : undefined;
});

const isListed = (row: CouponRow) => row.valid;

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
  { method: 'POST', path: '/v1/promotion_codes', handler: createCode },
  { method: 'GET', path: '/v1/promotion_codes', handler: listCodes },
  { method: 'GET', path: '/v1/promotion_codes/:id', handler: requireCode },
  { method: 'POST', path: '/v1/promotion_codes/:id', handler: updateCode },
];
