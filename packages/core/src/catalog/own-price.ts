import type { UnitPrice } from '../shared/money/unit-price.ts';
import { type KeyedPrice, keyedPricesOf, lookupKey, parseLookupKey } from './lookup-key.ts';
import type { PlanVersion } from './plan.ts';
import type { Price } from './price.ts';

/** Tiers and packages have no single amount that could be another one; usage has its own way. */
export function mayHaveOwnPrice({ component, price }: KeyedPrice): boolean {
  return component.kind !== 'usage' && (price.model === 'flat' || price.model === 'per_unit');
}

/** Major units of one unit; null for tiers and packages. */
export function unitPriceOf(price: Price): UnitPrice | null {
  return price.model === 'flat' || price.model === 'per_unit' ? price.unitPrice : null;
}

/** The same price with another amount, under the key that names the amount. */
export function withOwnPrice<T extends KeyedPrice>(keyed: T, own: UnitPrice): T {
  const identity = parseLookupKey(keyed.key);
  const { price } = keyed;
  if (identity === undefined || !mayHaveOwnPrice(keyed)) return keyed;
  if (price.model !== 'flat' && price.model !== 'per_unit') return keyed;
  const key = lookupKey({ ...identity, own });
  return { ...keyed, key, price: { ...price, unitPrice: canonicalAmount(own) } };
}

/**
 * The same price under another key. Stripe prorates the way from one price to another and nothing else: an item that
 * has its price of the next period already can be charged it from now on only as another price.
 */
export function twinOf<T extends KeyedPrice>(keyed: T): T {
  const identity = parseLookupKey(keyed.key);
  const amount = unitPriceOf(keyed.price);
  if (identity === undefined || amount === null) return keyed;
  if (identity.own === undefined) return withOwnPrice(keyed, amount);
  return withOwnPrice(keyed, amount.includes('.') ? `${amount}0` : `${amount}.0`);
}

/** `39.0` is the amount 39. */
export function canonicalAmount(amount: string): UnitPrice {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

/** The price of a plan that a key stands for, the catalogue's or an own one; `undefined` for any other key. */
export function priceOfKey(plan: PlanVersion, key: string): KeyedPrice | undefined {
  const identity = parseLookupKey(key);
  if (identity === undefined) return undefined;
  const { own, ...catalog } = identity;
  const found = keyedPricesOf(plan).find((candidate) => candidate.key === lookupKey(catalog));
  return found === undefined || own === undefined ? found : withOwnPrice(found, own);
}
