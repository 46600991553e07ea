import type { InvoiceRow, SubscriptionRow } from '../store/billing-rows.ts';
import type { CustomerRow, PaymentIntentRow, PaymentMethodRow, PriceRow, ProductRow } from '../store/rows.ts';
import { noSuchObject } from '../wire/errors.ts';
import type { World } from '../world.ts';

export function requireCustomer(world: World, id: string, param = 'id'): CustomerRow {
  const customer = world.store.get('customer', id);
  if (!customer || customer.deleted) throw noSuchObject('customer', id, param);
  return customer;
}

export function requireProduct(world: World, id: string, param = 'id'): ProductRow {
  const product = world.store.get('product', id);
  if (!product) throw noSuchObject('product', id, param);
  return product;
}

export function requirePrice(world: World, id: string, param = 'id'): PriceRow {
  const price = world.store.get('price', id);
  if (!price) throw noSuchObject('price', id, param);
  return price;
}

export function requirePaymentMethod(world: World, id: string, param = 'id'): PaymentMethodRow {
  const method = world.store.get('payment_method', id);
  if (!method) throw noSuchObject('PaymentMethod', id, param);
  return method;
}

export function requirePaymentIntent(world: World, id: string): PaymentIntentRow {
  const intent = world.store.get('payment_intent', id);
  if (!intent) throw noSuchObject('payment_intent', id);
  return intent;
}

export function requireInvoice(world: World, id: string, param = 'id'): InvoiceRow {
  const invoice = world.store.get('invoice', id);
  if (!invoice) throw noSuchObject('invoice', id, param);
  return invoice;
}

export function requireSubscription(world: World, id: string, param = 'id'): SubscriptionRow {
  const subscription = world.store.get('subscription', id);
  if (!subscription) throw noSuchObject('subscription', id, param);
  return subscription;
}
