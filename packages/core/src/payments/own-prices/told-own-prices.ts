import { lookupKey, parseLookupKey } from '../../catalog/lookup-key.ts';
import { canonicalAmount, priceOfKey, unitPriceOf } from '../../catalog/own-price.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { formatUnitPrice } from '../../shared/money/format-money.ts';

/** An item with a price of its own, in words: `User: $39.00 a month instead of $49.00, agreed with you`. */
function sentenceOf(plan: PlanVersion, key: string): string | null {
  const identity = parseLookupKey(key);
  if (identity?.own === undefined) return null;
  const { own, ...catalog } = identity;
  const found = priceOfKey(plan, lookupKey(catalog));
  const inherited = found === undefined ? null : unitPriceOf(found.price);
  if (found === undefined || inherited === null) return null;
  const { currency, interval } = identity;
  const text = (price: string) => formatUnitPrice({ price, currency }, 'en-US');
  return `${found.component.name}: ${text(canonicalAmount(own))} a ${interval} instead of ${text(inherited)}, as agreed with you`;
}

/** Every own price among the items, one sentence each. */
export function toldOwnPrices(plan: PlanVersion, items: readonly { key: string }[]): string[] {
  return items.flatMap(({ key }) => sentenceOf(plan, key) ?? []);
}

interface PricedPlan {
  plan: PlanVersion;
  keys: readonly string[];
}

/**
 * What a change does to own prices. An agreement is about one plan and interval, so another one inherits its
 * catalogue's prices unless something was agreed on it too.
 */
export function ownPriceChanges(from: PricedPlan, to: PricedPlan): { gains: string[]; losses: string[] } {
  const before = from.keys.flatMap((key) => sentenceOf(from.plan, key) ?? []);
  const after = to.keys.flatMap((key) => sentenceOf(to.plan, key) ?? []);
  return {
    gains: after.filter((sentence) => !before.includes(sentence)),
    losses: before
      .filter((sentence) => !after.includes(sentence))
      .map((sentence) => `Own price ends. ${sentence}`),
  };
}
