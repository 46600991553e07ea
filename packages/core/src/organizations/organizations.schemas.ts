import { z } from 'zod';
import { apiKeyScopes } from '../shared/actor.ts';
import { instantSchema } from '../shared/view.schemas.ts';

export const memberRoleSchema = z.enum(['owner', 'admin', 'member']);
export const staffRoleSchema = z.enum(['support', 'billing_ops', 'super_admin']);

const nameSchema = z.string().trim().min(1).max(200);
export const emailSchema = z.email().max(254);

export const organizationViewSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  email: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  status: z.enum(['active', 'closed']),
  suspendedAt: instantSchema.nullable(),
  stripeCustomerId: z.string().nullable(),
  families: z.array(z.string()).nullable(),
  settings: z.object({
    adminsSeeMoney: z.boolean(),
    adminsMayBuy: z.boolean(),
    /** Seats are bought by themselves when people join and none is free, up to `autoBuySeatsMax` of each plan. */
    autoBuySeats: z.boolean(),
    autoBuySeatsMax: z.number().int().nullable(),
  }),
  createdAt: instantSchema,
});
export type OrganizationView = z.infer<typeof organizationViewSchema>;

export const createOrganizationSchema = z.object({
  name: nameSchema,
  /** The platform's own id; may not look like one of ours. The same one twice is the same organization. */
  externalId: z
    .string()
    .min(1)
    .max(200)
    .refine((value) => !/^(org_|cli_)/.test(value), 'must not begin with org_ or cli_')
    .optional(),
  email: emailSchema,
  currency: z
    .string()
    .length(3)
    .transform((value) => value.toUpperCase())
    .default('USD'),
  timeZone: z.string().max(64).default('UTC'),
});
export type CreateOrganizationInput = z.infer<typeof createOrganizationSchema>;

export const updateOrganizationSchema = z.object({
  name: nameSchema.optional(),
  email: emailSchema.optional(),
  timeZone: z.string().max(64).optional(),
  adminsSeeMoney: z.boolean().optional(),
  adminsMayBuy: z.boolean().optional(),
});

/** How far seats may be bought by themselves; null = not at all. */
export const autoBuySeatsSchema = z.object({ max: z.number().int().min(1).max(100_000).nullable() });

/** Who is signed in; drives the whole shell of the console. */
export const sessionViewSchema = z.object({
  user: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    staffRole: staffRoleSchema.nullable(),
  }),
  organizations: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      role: memberRoleSchema,
      /** Whether this role sees amounts here (owners always, admins unless switched off). */
      seesMoney: z.boolean(),
      mayBuy: z.boolean(),
      currency: z.string(),
      timeZone: z.string(),
      /** Set while staff look at the organization with an owner's eyes: everything is read-only. */
      viewAs: z.object({ reason: z.string(), expiresAt: instantSchema }).nullable(),
    }),
  ),
  lastOrganizationSlug: z.string().nullable(),
  stripe: z.object({ mode: z.enum(['emulator', 'test', 'live']), available: z.boolean() }),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const memberViewSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: memberRoleSchema,
  joinedAt: instantSchema,
});
export const invitationViewSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: memberRoleSchema,
  invitedBy: z.string(),
  expiresAt: instantSchema,
  status: z.enum(['open', 'accepted', 'revoked', 'expired']),
});
export const membersViewSchema = z.object({
  members: z.array(memberViewSchema),
  invitations: z.array(invitationViewSchema),
});

export const clientStatusSchema = z.enum(['active', 'paused', 'archived']);
export const clientViewSchema = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  name: z.string(),
  status: clientStatusSchema,
  createdAt: instantSchema,
  archivedAt: instantSchema.nullable(),
});
export type ClientView = z.infer<typeof clientViewSchema>;
export const createClientSchema = z.object({
  name: nameSchema,
  externalId: z
    .string()
    .min(1)
    .max(200)
    .refine((value) => !/^(org_|cli_)/.test(value), 'must not begin with org_ or cli_')
    .optional(),
});

export const apiKeyScopeSchema = z.enum(apiKeyScopes);
export const apiKeyViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(apiKeyScopeSchema),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  revokedAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable(),
});
export const createApiKeySchema = z.object({
  name: nameSchema,
  scopes: z.array(apiKeyScopeSchema).min(1),
  expiresAt: instantSchema.optional(),
});

export const voiceConfigViewSchema = z.object({
  aiAgentId: z.string().nullable(),
  translationEnabled: z.boolean(),
  translationFrom: z.string().nullable(),
  translationTo: z.string().nullable(),
  /** false = the plan lacks `can_translate`; the screen is shown locked with the way up. */
  unlocked: z.boolean(),
  upgradeTo: z.string().nullable(),
  updatedAt: instantSchema.nullable(),
});

/** A language with an optional region or script, as BCP 47 writes them. */
const languageSchema = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$/, 'a language code, for example en or de-AT')
  .nullable();

export const voiceConfigInputSchema = z.object({
  aiAgentId: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9_-]+$/)
    .nullable(),
  translationEnabled: z.boolean(),
  translationFrom: languageSchema,
  translationTo: languageSchema,
  /** `updatedAt` of what the change was made from; a change by somebody else in between then refuses it. */
  expectedUpdatedAt: instantSchema.nullable().optional(),
});
