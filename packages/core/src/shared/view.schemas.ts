import { z } from 'zod';

/** An instant as RFC 3339 text in UTC with milliseconds. */
export const instantSchema = z.iso.datetime();

/** An exact decimal quantity as text, at most 12 decimals. */
export const decimalSchema = z.string();

/** An amount in minor units as digits (optionally signed) with its ISO 4217 currency in upper case. */
export const moneySchema = z.object({
  amountMinor: z.string().regex(/^-?\d+$/),
  currency: z.string().length(3),
});
export type MoneyView = z.infer<typeof moneySchema>;

/** Half-open: `start` belongs to the period, `end` to the next one. */
export const periodSchema = z.object({ start: instantSchema, end: instantSchema });
export type PeriodView = z.infer<typeof periodSchema>;

/** What the caller may do here, and why not: a button without permission is disabled and shows `reason`. */
export const permissionSchema = z.object({ allowed: z.boolean(), reason: z.string().nullable() });
export type PermissionView = z.infer<typeof permissionSchema>;

/** Names the organization in every organization-scoped call: its slug or its public id. */
export const organizationRefSchema = z.object({ organization: z.string().min(1).max(100) });
