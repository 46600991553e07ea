import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { asId, requirePublicId, toPublicId } from '../../shared/ids.ts';
import type { BulkDeps, BulkRun, BulkRunReader, StaffActor } from './bulk.ports.ts';
import type { BulkKind, BulkRunView, startBulkSchema } from './bulk.schemas.ts';

/**
 * Stores what is to be done; a worker does it, whoever closes the page meanwhile. One at a time, so that two people
 * do not use up Stripe's rate together. @throws BULK_RUNNING
 */
export async function startBulk(
  deps: BulkDeps,
  { actor, input }: { actor: StaffActor; input: z.infer<typeof startBulkSchema> },
): Promise<BulkRunView> {
  authorize(actor, { staff: 'billing_ops' });
  const { kind, perSecond, reason } = input;
  const run: BulkRun = {
    id: asId('bulkRun', deps.ids.next()),
    ...{ kind, perSecond, reason, actor },
    status: 'running',
    items: input.items.map((item) => ({ ...item, state: 'waiting', text: '' })),
    startedAt: deps.clock.now(),
    finishedAt: null,
  };
  const isStored = await deps.platformUnitOfWork.run(async (tx) => {
    if (!(await tx.bulkRuns.insert(run))) return false;
    await tx.audit.append({
      organizationId: null,
      actor,
      action: 'bulk.started',
      target: { kind: 'bulk_run', id: run.id },
      reason,
      after: { kind, count: run.items.length, perSecond },
    });
    return true;
  });
  if (!isStored) throw bulkRunning();
  deps.wake();
  return toBulkView(run);
}

/** The one that is being worked on is finished, the others stay as they are. @throws BULK_OVER */
export async function cancelBulk(
  deps: BulkDeps,
  { actor, input }: { actor: Actor; input: { id: string } },
): Promise<BulkRunView> {
  authorize(actor, { staff: 'billing_ops' });
  const id = requirePublicId('bulkRun', input.id);
  const canceled = await deps.platformUnitOfWork.run(async (tx) => {
    const run = await tx.bulkRuns.cancel(id, deps.clock.now());
    if (run === null) return null;
    await tx.audit.append({
      organizationId: null,
      actor,
      action: 'bulk.canceled',
      target: { kind: 'bulk_run', id },
      after: { done: run.items.filter(({ state }) => state !== 'waiting').length, count: run.items.length },
    });
    return run;
  });
  if (canceled === null) throw bulkOver();
  return toBulkView(canceled);
}

/** The last one of its kind, over or not; null = there was none. */
export async function readBulk(
  deps: { bulkRuns: BulkRunReader },
  { actor, kind }: { actor: Actor; kind: BulkKind },
): Promise<BulkRunView | null> {
  authorize(actor, { staff: 'support' });
  const run = await deps.bulkRuns.latest(kind);
  return run === null ? null : toBulkView(run);
}

function toBulkView(run: BulkRun): BulkRunView {
  const { id, kind, status, reason, perSecond, items, actor, startedAt, finishedAt } = run;
  return {
    ...{ kind, status, reason, perSecond },
    id: toPublicId('bulkRun', id),
    items: [...items],
    startedBy: actor.email,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function bulkRunning(): AppError {
  return new AppError({
    code: 'BULK_RUNNING',
    kind: 'conflict',
    message: 'another bulk run is not over',
    userMessage: 'Another action for many is still running. Wait for its end, or cancel it.',
  });
}

function bulkOver(): AppError {
  return new AppError({
    code: 'BULK_OVER',
    kind: 'conflict',
    message: 'the bulk run is over',
    userMessage: 'This action is over already.',
  });
}
