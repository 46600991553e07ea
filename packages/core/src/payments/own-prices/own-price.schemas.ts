import { z } from 'zod';
import { intervalSchema } from '../../catalog/catalog.schemas.ts';
import { unitPriceSchema } from '../../shared/money/unit-price.ts';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';

const place = {
  family: z.string().max(60),
  plan: z.string().max(60),
  component: z.string().max(60),
  interval: intervalSchema,
  currency: z.string().length(3),
};

export const ownPriceInputSchema = z.object({
  ...place,
  unitPrice: unitPriceSchema,
  expiresAt: instantSchema.nullable().default(null),
  /** The own price that was on the screen; null = none was. */
  replaces: z.string().nullable(),
});

/** One price of a plan and what this organization pays for it. Amounts in major units. */
export const ownPriceViewSchema = z.object({
  ...place,
  planName: z.string(),
  name: z.string(),
  kind: z.enum(['base', 'seat', 'addon']),
  planPrice: decimalSchema,
  /** null = the catalogue's price counts. */
  own: z
    .object({
      id: z.string(),
      unitPrice: decimalSchema,
      reason: z.string(),
      createdBy: z.string(),
      createdAt: instantSchema,
      expiresAt: instantSchema.nullable(),
    })
    .nullable(),
  /** What a running subscription is charged; null = it has no item of this price. */
  running: z
    .object({
      unitPrice: decimalSchema,
      nextUnitPrice: decimalSchema,
      renewsAt: instantSchema,
      /** Whether what is agreed now could be charged from now on. */
      isDifferent: z.boolean(),
    })
    .nullable(),
});
export type OwnPriceView = z.infer<typeof ownPriceViewSchema>;

/** Something agreed with an organization that differs from its plan, in force or over. */
export const agreementViewSchema = z.object({
  id: z.string(),
  sets: z.enum(['limit', 'usage_price', 'own_price']),
  /** A feature, or family, plan, component and interval of a price. */
  subject: z.string(),
  /** null = unlimited. */
  value: decimalSchema.nullable(),
  currency: z.string().nullable(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
});
export type AgreementView = z.infer<typeof agreementViewSchema>;

export const ownPricesViewSchema = z.object({
  prices: z.array(ownPriceViewSchema),
  history: z.array(agreementViewSchema),
});
export type OwnPricesView = z.infer<typeof ownPricesViewSchema>;
