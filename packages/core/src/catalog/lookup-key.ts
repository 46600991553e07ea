import type { UnitPrice } from '../shared/money/unit-price.ts';
import type { PlanVersion } from './plan.ts';
import type { Price } from './price.ts';
import type { PriceComponent, PriceInterval } from './price-component.ts';

/** Names one price for ever: the same price always has the same key, another version another one. */
export interface PriceIdentity {
  family: string;
  plan: string;
  version: number;
  component: string;
  interval: PriceInterval;
  /** ISO 4217, upper case. */
  currency: string;
  /** What an organization agreed to pay instead, in major units; absent = the catalogue's own price. */
  own?: UnitPrice;
}

const pattern =
  /^mg_([a-z][a-z0-9-]*)_([a-z][a-z0-9-]*)_v([1-9][0-9]*)_([a-z][a-z0-9_]*)_(month|year)_([a-z]{3})(?:_own_(\d{1,16}(?:\.\d{1,13})?))?$/;

/**
 * `mg_agency_agency_v1_client_month_usd`: how a price is found again at the payment provider. An own price has its
 * amount behind it (`…_usd_own_39.5`), so everybody who agreed on the same amount has the same price there.
 */
export function lookupKey(identity: PriceIdentity): string {
  const { family, plan, version, component, interval, currency, own } = identity;
  const key = `mg_${family}_${plan}_v${version}_${component}_${interval}_${currency.toLowerCase()}`;
  return own === undefined ? key : `${key}_own_${own}`;
}

/** Reads a key made by `lookupKey`; `undefined` for any other text (never throws). */
export function parseLookupKey(key: string): PriceIdentity | undefined {
  const match = pattern.exec(key);
  if (match === null) return undefined;
  const [, family = '', plan = '', version = '', component = '', interval, currency = '', own] = match;
  return {
    family,
    plan,
    version: Number(version),
    component,
    interval: interval === 'year' ? 'year' : 'month',
    currency: currency.toUpperCase(),
    ...(own === undefined ? {} : { own }),
  };
}

export interface KeyedPrice {
  key: string;
  component: PriceComponent;
  interval: PriceInterval;
  price: Price;
}

/** Every price of a plan version with its key, in the order of the catalogue. */
export function keyedPricesOf(plan: PlanVersion): KeyedPrice[] {
  return plan.prices.flatMap((component) =>
    component.rates.map(({ interval, price }) => ({
      key: lookupKey({
        family: plan.family,
        plan: plan.key,
        version: plan.version,
        component: component.key,
        interval,
        currency: price.currency,
      }),
      component,
      interval,
      price,
    })),
  );
}

/** What a subscription of this interval and currency is charged: usage monthly, everything else per interval. */
export function pricesForSubscription(
  plan: PlanVersion,
  terms: { interval: PriceInterval; currency: string },
): KeyedPrice[] {
  return keyedPricesOf(plan).filter(
    ({ component, interval, price }) =>
      price.currency === terms.currency &&
      interval === (component.kind === 'usage' ? 'month' : terms.interval),
  );
}
