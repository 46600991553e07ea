import {
  explainFlag,
  killFlag,
  removeFlagOverride,
  saveFlag,
  setFlagOverride,
  toFlagView,
} from '@metergate/core';
import {
  flagDetailViewSchema,
  flagExplanationViewSchema,
  flagValueSchema,
  flagViewSchema,
  saveFlagSchema,
} from '@metergate/core/flags/flags.schemas';
import { listFlags } from '@metergate/db';
import { z } from 'zod';
import { readFacts, readFlagDetail } from '../../flags/read-flags.ts';
import { requireOrganization } from '../../organizations/require-organization.ts';
import { t } from '../init.ts';
import { superAdminProcedure, supportProcedure } from '../procedures.ts';

export const adminFlagsRouter = t.router({
  list: supportProcedure.output(z.array(flagViewSchema)).query(async ({ ctx }) => {
    const flags = await listFlags(ctx.container.database.prisma.platform);
    return flags.map(({ flag, overrideCount }) => toFlagView(flag, overrideCount));
  }),
  get: supportProcedure
    .input(z.object({ key: z.string() }))
    .output(flagDetailViewSchema)
    .query(({ ctx, input }) => readFlagDetail(ctx.container, input.key)),
  save: superAdminProcedure
    .input(saveFlagSchema)
    .output(flagDetailViewSchema)
    .mutation(async ({ ctx, input }) => {
      await saveFlag(ctx.container, { actor: ctx.actor, input });
      return readFlagDetail(ctx.container, input.key);
    }),
  kill: superAdminProcedure
    .input(
      z.object({
        key: z.string(),
        killed: z.boolean(),
        reason: z.string().trim().min(3).max(500).default('incident'),
      }),
    )
    .output(flagDetailViewSchema)
    .mutation(async ({ ctx, input }) => {
      await killFlag(ctx.container, { actor: ctx.actor, ...input });
      return readFlagDetail(ctx.container, input.key);
    }),
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
    .mutation(async ({ ctx, input }) => {
      const { key, value, reason } = input;
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
      await setFlagOverride(ctx.container, {
        actor: ctx.actor,
        organizationId,
        key,
        value,
        reason,
        expiresAt,
      });
      return readFlagDetail(ctx.container, key);
    }),
  removeOverride: superAdminProcedure
    .input(z.object({ key: z.string(), organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(flagDetailViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { key, reason } = input;
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      await removeFlagOverride(ctx.container, { actor: ctx.actor, organizationId, key, reason });
      return readFlagDetail(ctx.container, key);
    }),
  explain: supportProcedure
    .input(z.object({ key: z.string(), organization: z.string() }))
    .output(flagExplanationViewSchema)
    .query(async ({ ctx, input }) => {
      const { id } = await requireOrganization(ctx.container, input.organization);
      return explainFlag(await readFacts(ctx.container, id), input.key, ctx.container.clock.now());
    }),
});
