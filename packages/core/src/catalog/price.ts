import { z } from 'zod';
import { currencyInputSchema } from '../shared/money/currency.ts';
import { compareQuantities, quantityInputSchema } from '../shared/money/quantity.ts';
import { unitPriceSchema } from '../shared/money/unit-price.ts';

const currency = currencyInputSchema;
const positiveQuantity = quantityInputSchema.refine((quantity) => quantity !== '0', 'must be more than zero');

/** What every price for a quantity may have. */
const quantityTerms = {
  currency,
  /** Units of the billing period that cost nothing. */
  included: quantityInputSchema.optional(),
  /** Least amount of a billing period in major units; due even when nothing was used. */
  minimum: unitPriceSchema.optional(),
};

export const priceTierSchema = z.strictObject({
  /** Last unit of the tier (inclusive); null = open end, only and always in the last tier. */
  upTo: positiveQuantity.nullable(),
  unitPrice: unitPriceSchema,
  /** Added once when at least part of a unit falls into the tier. */
  flatPrice: unitPriceSchema.optional(),
});
export type PriceTier = z.infer<typeof priceTierSchema>;

const tiersSchema = z
  .array(priceTierSchema)
  .min(1)
  .max(100)
  .refine(isTiling, 'tiers rise strictly and the last one, and only the last one, is open');

/** Prices are in **major** units as decimal texts, possibly finer than the currency's minor unit. */
export const priceSchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('flat'), currency, unitPrice: unitPriceSchema }),
  z.strictObject({ model: z.literal('per_unit'), ...quantityTerms, unitPrice: unitPriceSchema }),
  z.strictObject({
    model: z.literal('package'),
    ...quantityTerms,
    packageSize: positiveQuantity,
    packagePrice: unitPriceSchema,
  }),
  z.strictObject({ model: z.literal('graduated'), ...quantityTerms, tiers: tiersSchema }),
  z.strictObject({ model: z.literal('volume'), ...quantityTerms, tiers: tiersSchema }),
]);

/** One charge model in one currency. */
export type Price = z.infer<typeof priceSchema>;
/** What may be written where a price is expected; `priceSchema` brings it to canonical form. */
export type PriceInput = z.input<typeof priceSchema>;
export type PriceModel = Price['model'];
export type PriceOf<M extends PriceModel> = Extract<Price, { model: M }>;

function isTiling(tiers: readonly PriceTier[]): boolean {
  return tiers.every((tier, position) => {
    const next = tiers[position + 1];
    if (next === undefined) return tier.upTo === null;
    return tier.upTo !== null && (next.upTo === null || compareQuantities(tier.upTo, next.upTo) < 0);
  });
}
