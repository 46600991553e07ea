import { AppError } from '@metergate/core';
import type { BulkRun } from '@metergate/core/admin/bulk/bulk.ports';
import type { BulkItem } from '@metergate/core/admin/bulk/bulk.schemas';
import { resyncText } from '@metergate/core/admin/bulk/bulk-texts';
import { type ReplayDeps, replayInboundEvent } from '@metergate/core/admin/replay-inbound-event';
import { replayText } from '@metergate/core/admin/replay-lifecycle';
import {
  type ReconcileDeps,
  resyncOrganization,
} from '@metergate/core/payments/drift/reconcile-organization';
import { type BulkQueue, createBulkQueue } from '@metergate/db';
import type { Container } from '../container.ts';
import { describeError } from '../logging/logger.ts';
import { requireOrganization } from '../organizations/require-organization.ts';
import type { Job } from './runner.ts';

export interface BulkJobDeps extends Pick<Container, 'database' | 'clock' | 'log'> {
  queue: BulkQueue;
  replay: ReplayDeps;
  sync: ReconcileDeps;
  workerId: string;
  monotonicMs: () => number;
}

/** Longer than the slowest resync; what a dead worker was doing is done again, which changes nothing twice. */
const LEASE_SECONDS = 120;

/** Carries out what staff asked to be done for many, one after another at their rate. One of them a pass. */
export function createBulkJob(deps: BulkJobDeps): Job {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    name: 'carry-out-bulk',
    async run(pass) {
      const run = await deps.queue.claim(deps.workerId, LEASE_SECONDS);
      if (run === null) return 0;
      const position = run.items.findIndex(({ state }) => state === 'waiting');
      const item = run.items[position];
      if (item === undefined) return 0;
      const pauseMs = lastMs + 1_000 / run.perSecond - deps.monotonicMs();
      if (!pass.isHurried && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (pass.isStopping()) return 0;
      lastMs = deps.monotonicMs();
      const done = { ...item, ...(await carryOut(deps, run, item)) };
      await deps.queue.record(deps.workerId, { run: run.id, position, item: done, at: deps.clock.now() });
      return 1;
    },
  };
}

/** The job as one process runs it. */
export function bulkJobOf(
  parts: Pick<Container, 'database' | 'clock' | 'log' | 'background' | 'platformUnitOfWork'>,
  { workerId, monotonicMs }: Pick<BulkJobDeps, 'workerId' | 'monotonicMs'>,
): Job {
  const { database, clock, log, background, platformUnitOfWork } = parts;
  const { inboundEvents, backgroundSync: sync, stripeMode } = background;
  const wake = () => background.runner().wake();
  const replay = { inboundEvents, sync, platformUnitOfWork, wake, isLiveMode: stripeMode === 'live' };
  const queue = createBulkQueue(database.worker);
  return createBulkJob({ database, clock, log, queue, replay, sync, workerId, monotonicMs });
}

/** One that fails keeps no other from its turn. */
async function carryOut(
  deps: BulkJobDeps,
  { kind, actor, reason }: BulkRun,
  { key }: BulkItem,
): Promise<Pick<BulkItem, 'state' | 'text'>> {
  try {
    if (kind === 'replay') {
      const answer = await replayInboundEvent(deps.replay, { actor, input: { id: key, reason } });
      return { state: 'done', text: replayText(answer) };
    }
    const { id: organizationId } = await requireOrganization(deps, key);
    return {
      state: 'done',
      text: resyncText(await resyncOrganization(deps.sync, { actor, organizationId, reason })),
    };
  } catch (error) {
    if (error instanceof AppError) return { state: 'failed', text: error.userMessage };
    deps.log.error({ key, kind, error: describeError(error) }, 'one of many could not be carried out');
    return { state: 'failed', text: 'It failed; the log of the server says why.' };
  }
}
