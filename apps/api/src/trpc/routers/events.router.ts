import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure } from '../procedures.ts';

export const eventsRouter = t.router({
  counts: adminProcedure
    .output(z.object({ processed: z.number().int(), open: z.number().int() }))
    .query(() => pending()),
});
