import { flagValueSchema } from '@metergate/core/flags/flags.schemas';
import { z } from 'zod';
import { readFlagValues } from '../../flags/read-flags.ts';
import { t } from '../init.ts';
import { memberProcedure } from '../procedures.ts';

export const flagsRouter = t.router({
  evaluate: memberProcedure
    .output(z.record(z.string(), flagValueSchema))
    .query(({ ctx }) => readFlagValues(ctx.container, ctx.organizationId)),
});
