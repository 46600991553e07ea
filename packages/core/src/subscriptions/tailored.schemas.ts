import { z } from 'zod';
import { intervalSchema } from '../catalog/catalog.schemas.ts';
import { quantityInputSchema } from '../shared/money/quantity.ts';
import { unitPriceSchema } from '../shared/money/unit-price.ts';
import { quoteViewSchema } from './subscriptions.schemas.ts';

/** What staff agree with one organization; prices in major units of its currency. */
export const tailoredTermsSchema = z.object({
  plan: z.string().max(40),
  interval: intervalSchema,
  price: unitPriceSchema,
  limits: z
    .array(
      z.object({
        feature: z.string().max(60),
        /** null = unlimited. */
        limit: quantityInputSchema.nullable(),
        /** For each unit beyond it; null = more is refused. */
        unitPrice: unitPriceSchema.nullable(),
      }),
    )
    .max(100),
});
export type TailoredTerms = z.infer<typeof tailoredTermsSchema>;

/** Billing periods until the agreed end, counted with the running one; null = it renews until canceled. */
export const agreedPeriodsSchema = z.number().int().min(1).max(60).nullable();

export const tailoredOfferViewSchema = z.object({
  family: z.string(),
  plan: z.string(),
  planName: z.string(),
  planVersion: z.number().int(),
  currency: z.string(),
  interval: intervalSchema,
  perPeriodMinor: z.string(),
  dueNowMinor: z.string(),
  /** What a change of the running subscription costs; null = a new one is started. */
  quote: quoteViewSchema.nullable(),
});
export type TailoredOfferView = z.infer<typeof tailoredOfferViewSchema>;
