import { toVoiceConfigView, updateVoiceConfig } from '@metergate/core';
import {
  voiceConfigInputSchema,
  voiceConfigViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { readVoiceConfig } from '../../organizations/read-voice-config.ts';
import { mayTranslate } from '../../organizations/translation-right.ts';
import { t } from '../init.ts';
import { adminProcedure } from '../procedures.ts';

export const voiceRouter = t.router({
  get: adminProcedure
    .output(voiceConfigViewSchema)
    .query(({ ctx }) => readVoiceConfig(ctx.container, ctx.organizationId)),
  update: adminProcedure
    .input(voiceConfigInputSchema)
    .output(voiceConfigViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const { organization: _reference, ...config } = input;
      const deps = { ...organizationDeps(container), mayTranslate: mayTranslate(container) };
      const saved = await updateVoiceConfig(deps, { actor, organizationId, input: config });
      return toVoiceConfigView(saved, { unlocked: true, upgradeTo: null });
    }),
});
