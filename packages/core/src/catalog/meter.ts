import { z } from 'zod';
import { quantityInputSchema } from '../shared/money/quantity.ts';
import { catalogKeySchema } from './catalog-key.ts';

/** How the events of a billing period become one quantity. */
export const aggregationSchema = z.enum(['sum', 'count', 'max', 'latest', 'unique_count']);
export type Aggregation = z.infer<typeof aggregationSchema>;

/** What is counted. The key is also the name of the metered feature and of the event at the payment provider. */
export const meterSchema = z
  .strictObject({
    key: catalogKeySchema,
    name: z.string().min(1).max(80),
    /** Singular word for one of it: "message", "minute". */
    unit: z.string().min(1).max(40),
    eventName: catalogKeySchema,
    aggregation: aggregationSchema,
    /** Where the number is found: `quantity` of the event, or one of its properties. */
    valueField: z.string().min(1).max(60).default('quantity'),
    groupBy: z.array(z.string().min(1).max(60)).max(10).default([]),
    /** What an event's `subject` names here ("call", "lead"); null = nothing. */
    subject: z.string().min(1).max(40).nullable().default(null),
    /** Units are a property of the event divided by `per`, rounded up: 61 seconds are 2 minutes. */
    roundsUp: z
      .strictObject({ property: z.string().min(1).max(60), per: quantityInputSchema })
      .nullable()
      .default(null),
  })
  .refine(
    ({ aggregation, valueField }) => aggregation !== 'unique_count' || valueField !== 'quantity',
    'unique_count names the property whose values are counted',
  );
export type Meter = z.infer<typeof meterSchema>;
