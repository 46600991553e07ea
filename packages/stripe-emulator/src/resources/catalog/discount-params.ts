import { type Redemption, redeem, redeemCode, requireCoupon } from '../../billing/discounts/redeem.ts';
import type { DiscountRow } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';

const DISCOUNTS_MAX = 20;

/** Reads `discounts[…][coupon|promotion_code|discount]` and redeems what is new; undefined = not sent. */
export function readDiscounts(
  world: World,
  params: Params,
  owner: Redemption & { customer: string },
): string[] | undefined {
  const entries = params.subs('discounts');
  if (!entries) return undefined;
  if (entries.length > DISCOUNTS_MAX) {
    throw invalidRequest(`At most ${DISCOUNTS_MAX} discounts can be given.`, params.nameOf('discounts'));
  }
  const rows = entries.map((entry) => readDiscount(world, entry, owner));
  if (new Set(rows.map((row) => row.source.coupon)).size < rows.length) {
    throw invalidRequest('The same coupon cannot be applied twice.', params.nameOf('discounts'));
  }
  return rows.map((row) => row.id);
}

function readDiscount(world: World, entry: Params, owner: Redemption & { customer: string }): DiscountRow {
  const kept = entry.text('discount');
  const code = entry.text('promotion_code');
  const coupon = entry.text('coupon');
  if (kept) return requireDiscount(world, kept, { entry, customer: owner.customer });
  if (code) return redeemCode(world, code, owner);
  if (!coupon) throw missingParameter(entry.nameOf('coupon'));
  return redeem(world, requireCoupon(world, coupon), owner);
}

function requireDiscount(
  world: World,
  id: string,
  { entry, customer }: { entry: Params; customer: string },
): DiscountRow {
  const row = world.store.get('discount', id);
  if (row?.customer !== customer) throw noSuchObject('discount', id, entry.nameOf('discount'));
  return row;
}
