import { z } from 'zod';
import { intervalSchema } from '../catalog/catalog.schemas.ts';

/** Values of the mirror as they are stored, for reading rows back into closed types. */
export const scheduledChangeSchema = z.object({
  plan: z.string(),
  planVersion: z.number().int(),
  interval: intervalSchema,
  quantity: z.string().nullable(),
  at: z.coerce.date(),
  stripeScheduleId: z.string().optional(),
  items: z
    .array(
      z.object({
        stripePriceId: z.string(),
        priceKey: z.string().nullable(),
        quantity: z.string().nullable(),
      }),
    )
    .optional(),
});
export const subscriptionItemKindSchema = z.enum(['base', 'addon', 'seat', 'usage']);
export const invoiceFailureSchema = z.object({ code: z.string().nullable(), message: z.string() }).nullable();
export const invoiceEventKindSchema = z.enum([
  'created',
  'finalized',
  'attempt_failed',
  'action_required',
  'paid',
  'voided',
  'marked_uncollectible',
  'credit_note_issued',
  'refunded',
  'refund_failed',
  'dispute_opened',
  'dispute_won',
  'dispute_lost',
  'line_questioned',
  'line_question_refused',
]);
export const eventDetailSchema = z.record(z.string(), z.unknown());
export const creditNoteStatusSchema = z.enum(['issued', 'void']);
export const organizationStatusSchema = z.enum(['active', 'closed']);
export const checkoutStatusSchema = z.enum(['open', 'complete', 'expired']);
export const catalogObjectKindSchema = z.enum(['product', 'price', 'meter', 'coupon']);
