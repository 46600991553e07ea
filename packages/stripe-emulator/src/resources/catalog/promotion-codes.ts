import { requireCoupon } from '../../billing/discounts/redeem.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankPromotionCode } from '../../shapes/catalog.ts';
import type { CouponRow, PromotionCodeRow } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId, randomText } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isRecord, type Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requireCustomer } from '../find.ts';

/** The active code of that text; what people type is compared without case. */
export function codeByText(world: World, text: string): PromotionCodeRow | undefined {
  const wanted = text.trim().toLowerCase();
  return world.store.all('promotion_code').find((row) => row.active && row.code.toLowerCase() === wanted);
}

function readText(world: World, params: Params): string {
  const text = params.text('code') ?? randomText(8).toUpperCase();
  if (!/^[A-Za-z0-9-]{1,500}$/.test(text)) {
    throw invalidRequest('Promotion codes may only contain letters, digits and dashes.', 'code');
  }
  if (codeByText(world, text)) {
    throw invalidRequest(`An active promotion code with \`code: ${text}\` already exists.`, 'code');
  }
  return text;
}

function readRestrictions(params: Params): PromotionCodeRow['restrictions'] {
  const sent = params.sub('restrictions');
  const minimum = sent?.integer('minimum_amount') ?? null;
  const currency = sent?.textOrNull('minimum_amount_currency')?.toLowerCase() ?? null;
  if (minimum !== null && currency === null) throw missingParameter('restrictions[minimum_amount_currency]');
  const options = isRecord(sent?.raw.currency_options) ? Object.entries(sent.raw.currency_options) : [];
  return {
    first_time_transaction: sent?.flag('first_time_transaction') ?? false,
    minimum_amount: minimum,
    minimum_amount_currency: currency,
    _minimums: Object.fromEntries(
      options.map(([code, option]) => [code, Number(isRecord(option) ? option.minimum_amount : Number.NaN)]),
    ),
  };
}

/** A code lasts no longer than its coupon and cannot be redeemed more often. */
function readLimits(params: Params, coupon: CouponRow, now: number) {
  const expiresAt = params.integer('expires_at') ?? null;
  const redemptions = params.integer('max_redemptions') ?? null;
  if (expiresAt !== null && expiresAt <= now) {
    throw invalidRequest('`expires_at` must be in the future.', 'expires_at');
  }
  if (expiresAt !== null && coupon.redeem_by !== null && expiresAt > coupon.redeem_by) {
    throw invalidRequest('`expires_at` cannot be after the `redeem_by` of the coupon.', 'expires_at');
  }
  const isAboveCoupon =
    redemptions !== null && coupon.max_redemptions !== null && redemptions > coupon.max_redemptions;
  if (redemptions !== null && (redemptions < 1 || isAboveCoupon)) {
    throw invalidRequest('Invalid max_redemptions for this coupon.', 'max_redemptions');
  }
  return { expires_at: expiresAt, max_redemptions: redemptions };
}

function create({ world, params }: Call) {
  const couponId = params.sub('promotion')?.requireText('coupon') ?? params.text('coupon');
  if (!couponId) throw missingParameter('promotion[coupon]');
  const coupon = requireCoupon(world, couponId, 'promotion[coupon]');
  const customer = params.textOrNull('customer');
  if (customer !== null) requireCustomer(world, customer, 'customer');
  const now = world.clock.nowSeconds();
  const code = world.store.put('promotion_code', {
    ...blankPromotionCode,
    ...readLimits(params, coupon, now),
    id: newId('promo'),
    active: params.flag('active') ?? true,
    code: readText(world, params),
    created: now,
    customer,
    metadata: mergeMetadata({}, params),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: readRestrictions(params),
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

function update(call: Call) {
  const { world, params } = call;
  const before = requireCode(call);
  const isActive = params.flag('active') ?? before.active;
  if (isActive && !before.active) refuseReactivation(world, before);
  const after = world.store.put('promotion_code', {
    ...before,
    active: isActive,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
  });
  emitChange(world, 'promotion_code.updated', { before, after });
  return after;
}

/** Only what somebody switched off can be switched on; what is over stays over. */
function refuseReactivation(world: World, code: PromotionCodeRow): void {
  const isSpent = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  const isExpired = code.expires_at !== null && code.expires_at <= world.clock.nowSeconds();
  const isValid = world.store.get('coupon', code.promotion.coupon)?.valid ?? false;
  if (isSpent || isExpired || !isValid) {
    throw invalidRequest('This promotion code cannot be activated: it or its coupon is over.', 'active');
  }
}

/** Expired: nobody can redeem it any more. */
export function expireCode(world: World, before: PromotionCodeRow): void {
  const after = world.store.put('promotion_code', { ...before, active: false });
  emitChange(world, 'promotion_code.updated', { before, after });
}

function list({ world, params }: Call) {
  const code = params.text('code')?.toLowerCase();
  const coupon = params.text('coupon');
  const customer = params.text('customer');
  const active = params.flag('active');
  const matches = (row: PromotionCodeRow) =>
    (!code || row.code.toLowerCase() === code) &&
    (!coupon || row.promotion.coupon === coupon) &&
    (!customer || row.customer === customer) &&
    (active === undefined || row.active === active);
  return listOf(world, 'promotion_code', { params, url: '/v1/promotion_codes', matches });
}

export const promotionCodeRoutes: Route[] = [
  { method: 'POST', path: '/v1/promotion_codes', handler: create },
  { method: 'GET', path: '/v1/promotion_codes', handler: list },
  { method: 'GET', path: '/v1/promotion_codes/:id', handler: requireCode },
  { method: 'POST', path: '/v1/promotion_codes/:id', handler: update },
];
