import { deletedDiscount, endCustomerDiscount } from '../../billing/discounts/held.ts';
import { redeem, requireCoupon } from '../../billing/discounts/redeem.ts';
import { emit, emitChange } from '../../events/emit.ts';
import type { CustomerRow } from '../../store/rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { attachPaymentMethod, resolvePaymentMethod } from '../payments/payment-methods.ts';

// Parameters of older API versions that callers without a version header, such as Stripe's own command line,
// still send. Callers that send the current version are refused before they get here.

/** `source=tok_visa`: the token's card becomes the customer's default payment method. */
export function withSource(world: World, before: CustomerRow, params: Params): CustomerRow {
  const token = params.text('source');
  if (!token) return before;
  if (!token.startsWith('tok_')) throw noSuchObject('token', token, 'source');
  const card = resolvePaymentMethod(world, `pm_card_${token.slice('tok_'.length)}`, 'source');
  const method = attachPaymentMethod(world, card, before.id);
  const settings = { ...before.invoice_settings, default_payment_method: method.id };
  const after = world.store.put('customer', { ...before, invoice_settings: settings });
  emitChange(world, 'customer.updated', { before, after });
  return after;
}

/** `coupon=…`: a discount on everything the customer is billed; an empty one takes it back. */
export function withCoupon(world: World, before: CustomerRow, params: Params): CustomerRow {
  if (!params.has('coupon')) return before;
  const id = params.textOrNull('coupon');
  if (id === null) {
    if (before.discount) deleteCustomerDiscount(world, before);
    return world.store.get('customer', before.id) ?? before;
  }
  const discount = redeem(world, requireCoupon(world, id), { customer: before.id });
  const after = world.store.put('customer', { ...before, discount });
  if (before.discount)
    emitChange(world, 'customer.discount.updated', { before: before.discount, after: discount });
  else emit(world, 'customer.discount.created', discount);
  emitChange(world, 'customer.updated', { before, after });
  return after;
}

export function deleteCustomerDiscount(world: World, before: CustomerRow) {
  const { discount } = before;
  if (!discount) throw noSuchObject('discount', before.id);
  endCustomerDiscount(world, before);
  return deletedDiscount(discount);
}
