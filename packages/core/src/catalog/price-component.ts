import { z } from 'zod';
import { catalogKeySchema } from './catalog-key.ts';
import { priceSchema } from './price.ts';

export const billingIntervalSchema = z.enum(['month', 'year']);
export type PriceInterval = z.infer<typeof billingIntervalSchema>;
/** stripe_meter: usage is reported and rated there. invoice_item: rated here and put on the invoice as a line. */
export const usageBillingSchema = z.enum(['stripe_meter', 'invoice_item']);
export type UsageBilling = z.infer<typeof usageBillingSchema>;

/** The component's price for one interval and currency. */
export const rateSchema = z.strictObject({ interval: billingIntervalSchema, price: priceSchema });
export type Rate = z.infer<typeof rateSchema>;

const common = {
  key: catalogKeySchema,
  name: z.string().min(1).max(120),
  rates: z
    .array(rateSchema)
    .min(1)
    .max(50)
    .refine(
      (rates) =>
        new Set(rates.map(({ interval, price }) => `${interval} ${price.currency}`)).size === rates.length,
      'one rate for each interval and currency',
    ),
};

/** One thing a plan charges for. Usage is charged monthly, also beside an annual plan. */
export const priceComponentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('base'), ...common }),
  /** Charged per seat bought; the seats are the limit of `feature`. */
  z.strictObject({ kind: z.literal('seat'), ...common, feature: catalogKeySchema }),
  z.strictObject({ kind: z.literal('addon'), ...common, addOn: catalogKeySchema }),
  z.strictObject({
    kind: z.literal('usage'),
    ...common,
    feature: catalogKeySchema,
    billing: usageBillingSchema,
  }),
]);
export type PriceComponent = z.infer<typeof priceComponentSchema>;
export type PriceComponentInput = z.input<typeof priceComponentSchema>;
