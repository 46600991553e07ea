import type { Rational } from '../shared/money/rational.ts';

/** One step of a price as it was used; amounts are exact, in major units. */
export interface RatedTier {
  /** Units below the tier; "0" for the first. */
  from: string;
  /** Last unit of the tier; null = open end. */
  upTo: string | null;
  /** How much of the quantity was charged in this tier. */
  quantity: string;
  unitPrice: string;
  flatPrice: string | null;
  amount: string;
}

/** What one price model answers: the exact amount before minimum and rounding, and how it came about. */
export interface PricedQuantity {
  /** Exact, in major units. */
  amount: Rational;
  /** Readable arithmetic without the result, for example `1500 × 0.01 USD`. */
  formula: string;
  /** Empty for models without tiers. */
  tiers: RatedTier[];
}
