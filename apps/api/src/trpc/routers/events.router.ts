import { countEvents } from '@metergate/db';
import { z } from 'zod';
import { t } from '../init.ts';
import { adminProcedure } from '../procedures.ts';

export const eventsRouter = t.router({
  counts: adminProcedure
    .output(z.object({ processed: z.number().int(), open: z.number().int() }))
    .query(({ ctx }) => countEvents(ctx.container.database.prisma.app, ctx.organizationId)),
});
