import { acceptDrift } from '@metergate/core/admin/drift/accept-drift';
import { listDrift } from '@metergate/core/admin/drift/list-drift';
import {
  acceptDriftSchema,
  driftFilterSchema,
  driftFindingViewSchema,
  driftPageSchema,
} from '@metergate/core/payments/drift/drift.schemas';
import { createDriftDirectory } from '@metergate/db';
import type { Container } from '../../container.ts';
import { t } from '../init.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

/** What comparisons with Stripe found, and what waits for a person. */
export const adminDriftRouter = t.router({
  list: supportProcedure
    .input(driftFilterSchema)
    .output(driftPageSchema)
    .query(({ ctx, input }) => listDrift(driftDeps(ctx.container), { actor: ctx.actor, input })),
  accept: billingOpsProcedure
    .input(acceptDriftSchema)
    .output(driftFindingViewSchema)
    .mutation(({ ctx, input }) => acceptDrift(driftDeps(ctx.container), { actor: ctx.actor, input })),
});

function driftDeps({ database, unitOfWork, clock }: Container) {
  return { driftFindings: createDriftDirectory(database.platform), unitOfWork, clock };
}
