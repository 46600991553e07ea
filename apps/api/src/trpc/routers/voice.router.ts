import {
  voiceConfigInputSchema,
  voiceConfigViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure } from '../procedures.ts';

export const voiceRouter = t.router({
  get: adminProcedure.output(voiceConfigViewSchema).query(() => pending()),
  update: adminProcedure
    .input(voiceConfigInputSchema)
    .output(voiceConfigViewSchema)
    .mutation(() => pending()),
});
