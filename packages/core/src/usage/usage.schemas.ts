import { z } from 'zod';
import { decimalSchema, instantSchema } from '../shared/view.schemas.ts';

/** Most events one request may carry. */
export const usageBatchSizeMax = 1000;

export const usageEventResultSchema = z.object({
  id: z.string(),
  status: z.enum(['accepted', 'duplicate', 'rejected']),
  code: z.string().optional(),
  message: z.string().optional(),
  httpStatus: z.number().int().optional(),
});
export const recordUsageAnswerSchema = z.object({
  results: z.array(usageEventResultSchema),
  accepted: z.number().int(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
});
export type RecordUsageAnswer = z.infer<typeof recordUsageAnswerSchema>;

export const usageEventViewSchema = z.object({
  id: z.string(),
  kind: z.enum(['usage', 'void', 'amend']),
  /** The event that a void or an amendment corrects. */
  adjusts: z.string().nullable(),
  meter: z.string(),
  quantity: decimalSchema,
  occurredAt: instantSchema,
  recordedAt: instantSchema,
  client: z.string().nullable(),
  subject: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()).nullable(),
});

export const granularitySchema = z.enum(['hour', 'day', 'week', 'month', 'period']);
export const usageSeriesQuerySchema = z.object({
  meter: z.string(),
  /** Default: the current billing period. */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  granularity: granularitySchema.default('day'),
  /** `client` (the largest that fit into 50,000 points), or a property that the meter names (the 50 largest groups). */
  groupBy: z.string().min(1).max(60).optional(),
  /** Also answer the same span one period earlier, aligned by index. */
  compare: z.boolean().default(false),
});
export type UsageSeriesQuery = z.infer<typeof usageSeriesQuerySchema>;
export const usageSeriesViewSchema = z.object({
  meter: z.string(),
  name: z.string(),
  unit: z.string(),
  from: instantSchema,
  to: instantSchema,
  timeZone: z.string(),
  granularity: granularitySchema,
  /** What `groupBy` takes for this meter. */
  groups: z.array(z.string()),
  total: decimalSchema,
  points: z.array(
    z.object({
      start: instantSchema,
      end: instantSchema,
      group: z.string().optional(),
      quantity: decimalSchema,
      /** `partial` = the bucket still runs; `future` = not begun. */
      state: z.enum(['complete', 'partial', 'future']),
    }),
  ),
  previous: z.array(z.object({ start: instantSchema, quantity: decimalSchema })).nullable(),
  /** Included quantity as it applied in the span; null = unlimited or no plan. */
  limit: decimalSchema.nullable(),
  forecast: z
    .object({
      total: decimalSchema,
      low: decimalSchema,
      high: decimalSchema,
      limitReachedAt: instantSchema.nullable(),
    })
    .nullable(),
  /** When there will be a forecast, where the period has only begun; null = there is one, or none to come. */
  forecastFrom: instantSchema.nullable(),
  asOf: instantSchema,
});
export type UsageSeriesView = z.infer<typeof usageSeriesViewSchema>;

export const meterSummaryViewSchema = z.object({
  meter: z.string(),
  name: z.string(),
  unit: z.string(),
  family: z.string(),
  used: decimalSchema,
  included: decimalSchema.nullable(),
  /** The plan grants none of it and nothing is used. */
  notInPlan: z.boolean(),
  onLimit: z.enum(['block', 'overage', 'warn']).nullable(),
  forecast: decimalSchema.nullable(),
});
export const usageSummaryViewSchema = z.object({
  snapshotId: z.string(),
  asOf: instantSchema,
  meters: z.array(meterSummaryViewSchema),
});

export const rejectedEventViewSchema = z.object({
  id: z.string(),
  eventId: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  payload: z.unknown(),
  receivedAt: instantSchema,
  resentAt: instantSchema.nullable(),
});
