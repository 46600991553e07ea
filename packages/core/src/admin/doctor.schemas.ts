import { z } from 'zod';
import { instantSchema } from '../shared/view.schemas.ts';

export const doctorViewSchema = z.object({
  asOf: instantSchema,
  rules: z.array(
    z.object({
      key: z.string(),
      rule: z.string(),
      /** Rows that break it; 0 = it holds. */
      violations: z.number().int(),
      remedy: z.string(),
      /** What one press does about it; null = only a person can. */
      repair: z.string().nullable(),
    }),
  ),
});
export type DoctorView = z.infer<typeof doctorViewSchema>;

export const repairAnswerSchema = z.object({
  tried: z.number().int(),
  failed: z.number().int(),
  doctor: doctorViewSchema,
});
