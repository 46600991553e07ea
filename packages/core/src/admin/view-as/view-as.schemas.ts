import { z } from 'zod';
import { instantSchema } from '../../shared/view.schemas.ts';

export const viewAsMinutes = [15, 30, 60] as const;

export const startViewAsSchema = z.object({
  reason: z.string().trim().min(3).max(500),
  /** Of the support case, where there is one. */
  ticket: z.string().trim().max(60).optional(),
  minutes: z.union([z.literal(15), z.literal(30), z.literal(60)]).default(30),
});
export type StartViewAsInput = z.output<typeof startViewAsSchema>;

export const viewAsViewSchema = z.object({
  id: z.string(),
  organization: z.string(),
  reason: z.string(),
  ticket: z.string().nullable(),
  expiresAt: instantSchema,
});
export type ViewAsView = z.infer<typeof viewAsViewSchema>;
