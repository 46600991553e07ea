import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

export const caseStatusSchema = z.enum(['open', 'credited', 'refused']);

/** What the organization sees of its question. */
export const caseViewSchema = z.object({
  id: z.string(),
  invoiceId: z.string(),
  lineId: z.string(),
  status: caseStatusSchema,
  reason: z.string(),
  resolution: z.string().nullable(),
  /** null until credited; minor units in the invoice's currency. */
  creditedMinor: z.string().nullable(),
  openedBy: z.string(),
  openedAt: instantSchema,
  resolvedAt: instantSchema.nullable(),
});
export type CaseView = z.infer<typeof caseViewSchema>;

/** The same for staff, of any organization. */
export const adminCaseRowSchema = caseViewSchema.extend({
  organization: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  invoiceNumber: z.string().nullable(),
  lineDescription: z.string(),
  lineAmountMinor: z.string(),
  currency: z.string(),
  resolvedBy: z.string().nullable(),
});
export type AdminCaseRow = z.infer<typeof adminCaseRowSchema>;

export const caseReasonSchema = z.string().trim().min(3).max(500);
