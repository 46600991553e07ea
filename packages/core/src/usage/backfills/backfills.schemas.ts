import { z } from 'zod';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';
import { recordUsageAnswerSchema } from '../usage.schemas.ts';

/** The total of a meter in a billing period, before and after. */
export const backfilledPeriodSchema = z.object({
  meter: z.string(),
  start: instantSchema,
  end: instantSchema,
  /** Has ended: the difference comes as an adjustment on the next invoice. */
  isClosed: z.boolean(),
  before: decimalSchema,
  /** null in a preview of a meter whose total cannot be known without storing. */
  after: decimalSchema.nullable(),
});
export type BackfilledPeriod = z.infer<typeof backfilledPeriodSchema>;

export const backfillAnswerSchema = recordUsageAnswerSchema.extend({
  id: z.string(),
  dryRun: z.boolean(),
  periods: z.array(backfilledPeriodSchema),
});
export type BackfillAnswer = z.infer<typeof backfillAnswerSchema>;

export const backfillViewSchema = z.object({
  id: z.string(),
  reason: z.string(),
  createdAt: instantSchema,
  /** Events of it that are kept, also those that were taken back since. */
  events: z.number().int(),
  /** Of these, the ones that still count. */
  standing: z.number().int(),
  /** Retired with age; they count for good. */
  retired: z.number().int(),
  occurredFrom: instantSchema.nullable(),
  occurredTo: instantSchema.nullable(),
  revertReason: z.string().nullable(),
  revertedAt: instantSchema.nullable(),
});
export type BackfillView = z.infer<typeof backfillViewSchema>;

export const backfillDetailSchema = backfillViewSchema.extend({
  /** Those that still count, in order of their ids. */
  items: z.array(
    z.object({
      id: z.string(),
      meter: z.string(),
      quantity: decimalSchema,
      occurredAt: instantSchema,
    }),
  ),
  /** The id to go on after; null = that was all. */
  next: z.string().nullable(),
});

export const revertAnswerSchema = z.object({
  id: z.string(),
  dryRun: z.boolean(),
  /** Taken back by this call; in a dry run what it would take back. */
  reverted: z.number().int(),
  /** Still to be taken back: call it again until this is 0. */
  remaining: z.number().int(),
  periods: z.array(backfilledPeriodSchema),
});
export type RevertAnswer = z.infer<typeof revertAnswerSchema>;
