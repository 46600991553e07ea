import { flagValueSchema } from '@metergate/core/flags/flags.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { memberProcedure } from '../procedures.ts';

export const flagsRouter = t.router({
  evaluate: memberProcedure.output(z.record(z.string(), flagValueSchema)).query(() => pending()),
});
