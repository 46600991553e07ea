import { bulkKindSchema, bulkRunViewSchema, startBulkSchema } from '@metergate/core/admin/bulk/bulk.schemas';
import { cancelBulk, readBulk, startBulk } from '@metergate/core/admin/bulk/run-bulk';
import { createBulkRunReader } from '@metergate/db';
import { z } from 'zod';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

/** One action for many, carried out by a worker. */
export const adminBulkRouter = t.router({
  start: billingOpsProcedure
    .input(startBulkSchema)
    .output(bulkRunViewSchema)
    .mutation(({ ctx, input }) => startBulk(ctx.container, { actor: ctx.actor, input })),
  cancel: billingOpsProcedure
    .input(z.object({ id: z.string() }))
    .output(bulkRunViewSchema)
    .mutation(({ ctx, input }) => cancelBulk(ctx.container, { actor: ctx.actor, input })),
  latest: supportProcedure
    .input(z.object({ kind: bulkKindSchema }))
    .output(bulkRunViewSchema.nullable())
    .query(({ ctx, input }) => {
      const bulkRuns = createBulkRunReader(ctx.container.database.platform);
      return readBulk({ bulkRuns }, { actor: ctx.actor, kind: input.kind });
    }),
});
