import {
  flagDetailViewSchema,
  flagExplanationViewSchema,
  flagValueSchema,
  flagViewSchema,
  saveFlagSchema,
} from '@metergate/core/flags/flags.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { superAdminProcedure, supportProcedure } from '../procedures.ts';

export const adminFlagsRouter = t.router({
  list: supportProcedure.output(z.array(flagViewSchema)).query(() => pending()),
  get: supportProcedure
    .input(z.object({ key: z.string() }))
    .output(flagDetailViewSchema)
    .query(() => pending()),
  save: superAdminProcedure
    .input(saveFlagSchema)
    .output(flagDetailViewSchema)
    .mutation(() => pending()),
  kill: superAdminProcedure
    .input(
      z.object({
        key: z.string(),
        killed: z.boolean(),
        reason: z.string().trim().min(3).max(500).default('incident'),
      }),
    )
    .output(flagDetailViewSchema)
    .mutation(() => pending()),
  setOverride: superAdminProcedure
    .input(
      z.object({
        key: z.string(),
        organization: z.string(),
        value: flagValueSchema,
        reason: z.string().trim().min(3).max(500),
        expiresAt: z.iso.datetime().nullable().default(null),
      }),
    )
    .output(flagDetailViewSchema)
    .mutation(() => pending()),
  removeOverride: superAdminProcedure
    .input(z.object({ key: z.string(), organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(flagDetailViewSchema)
    .mutation(() => pending()),
  explain: supportProcedure
    .input(z.object({ key: z.string(), organization: z.string() }))
    .output(flagExplanationViewSchema)
    .query(() => pending()),
});
