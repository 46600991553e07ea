import { z } from 'zod';
import { emailSchema } from '../../organizations/organizations.schemas.ts';
import { instantSchema } from '../../shared/view.schemas.ts';
import { isTaxIdKind, normalTaxId } from './tax-id.ts';

const line = (max: number) => z.string().trim().max(max);

export const addressSchema = z.object({
  line1: line(200).min(1),
  line2: line(200).default(''),
  postalCode: line(20).default(''),
  city: line(100).default(''),
  region: line(100).default(''),
  /** ISO 3166-1, two letters. */
  country: z
    .string()
    .trim()
    .regex(/^[A-Za-z]{2}$/, 'two letters, like DE')
    .transform((value) => value.toUpperCase()),
});

const taxIdSchema = z.object({ kind: z.string(), value: z.string().max(60) }).transform((input, context) => {
  const value = isTaxIdKind(input.kind) ? normalTaxId(input.kind, input.value) : null;
  if (value !== null && isTaxIdKind(input.kind)) return { kind: input.kind, value };
  context.addIssue({ code: 'custom', message: 'is not a tax id of this kind', path: ['value'] });
  return z.NEVER;
});

export const billingDetailsSchema = z.object({
  legalName: line(200).min(1),
  /** Where invoices go. */
  email: emailSchema,
  address: addressSchema.nullable(),
  taxId: taxIdSchema.nullable(),
});
export type BillingDetailsInput = z.output<typeof billingDetailsSchema>;

export const billingDetailsViewSchema = z.object({
  legalName: z.string(),
  email: z.string(),
  address: z
    .object({
      line1: z.string(),
      line2: z.string(),
      postalCode: z.string(),
      city: z.string(),
      region: z.string(),
      country: z.string(),
    })
    .nullable(),
  taxId: z.object({ kind: z.string(), value: z.string() }).nullable(),
  /** null = never filled in: the organization's own name and e-mail are used. */
  changedAt: instantSchema.nullable(),
});
export type BillingDetailsView = z.infer<typeof billingDetailsViewSchema>;
