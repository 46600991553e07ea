import { publishCatalog } from '@metergate/core/catalog/publish-catalog';
import {
  createEventWalkStore,
  createOutboxQueue,
  createScheduleRuns,
  listBilledOrganizations,
  listOverdueOrganizations,
} from '@metergate/db';
import { Counter, type Registry } from 'prom-client';
import { monotonicMs } from '../clock/system-clock.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { createPaymentLadderJob } from './advance-payment-ladder.job.ts';
import type { Background, BackgroundOptions } from './background.ts';
import { createOutboxJob } from './deliver-outbox.job.ts';
import { createInboundJob } from './process-inbound-events.job.ts';
import { createPublishCatalogJob } from './publish-catalog.job.ts';
import { createReconcileJob } from './reconcile-stripe.job.ts';
import { createJobRunner, type Job, type JobRunner } from './runner.ts';
import { createScheduledJobs, type ScheduledJob } from './scheduled-jobs.job.ts';

/** The jobs of this package and those that others registered with `background`. */
export function createRunner(options: BackgroundOptions, background: Background): JobRunner {
  const { clock, ids, log, database, registry, unitOfWork } = options;
  const { backgroundSync: sync, inbox } = background;
  const workerId = ids.next();
  const handled = outcomeCounter(
    registry,
    'inbound_events_total',
    'Events of Stripe by outcome of an attempt.',
  );
  const jobs: Job[] = [
    ...catalogJobs(options, background),
    createInboundJob({
      inbox,
      sync,
      unitOfWork,
      clock,
      monotonicMs,
      isLiveMode: background.stripeMode === 'live',
      workerId,
      log,
      handled,
    }),
    createOutboxJob({
      outbox: createOutboxQueue(database.worker),
      handlers: background.outboxHandlers,
      sync,
      clock,
      workerId,
      log,
    }),
    createScheduledJobs({
      jobs: [...scheduledJobs(options, background), ...background.schedules],
      isSkipped: ({ name }) => background.skippedSchedules.has(name),
      runs: createScheduleRuns(database.worker),
      clock,
      log,
      workerId,
    }),
    ...background.jobs,
  ];
  return createJobRunner({ jobs: options.tracer === undefined ? jobs : traced(jobs, options.tracer), log });
}

/** Passes that did something, or failed; those that found nothing to do are no news. */
function traced(jobs: readonly Job[], tracer: Tracer): Job[] {
  return jobs.map((job) => ({
    ...job,
    async run(pass) {
      const span = tracer.job(job.name);
      try {
        const count = await span.within(() => job.run(pass));
        if (count > 0) span.end({ attributes: { 'job.count': count }, isFailed: false });
        return count;
      } catch (error) {
        span.end({ isFailed: true });
        throw error;
      }
    },
  }));
}

export function outcomeCounter(registry: Registry, name: string, help: string): Counter<'outcome'> {
  return new Counter({ name, help, labelNames: ['outcome'], registers: [registry] });
}

function catalogJobs({ log, families }: BackgroundOptions, background: Background): Job[] {
  if (background.stripeMode !== 'emulator') return [];
  const actor = { kind: 'job' as const, name: 'publish-catalog' };
  return [
    createPublishCatalogJob({ publish: () => publishCatalog(background.publish, { actor, families }), log }),
  ];
}

function scheduledJobs(options: BackgroundOptions, background: Background): ScheduledJob[] {
  const { clock, ids, log, database } = options;
  const { backgroundSync: sync, inbox } = background;
  return [
    createPaymentLadderJob({
      sync,
      log,
      listOverdue: (after, limit) => listOverdueOrganizations(database.worker, { after, limit }),
    }),
    createReconcileJob({
      sync,
      inbox,
      walks: createEventWalkStore(database.worker),
      listOrganizations: (after, limit) => listBilledOrganizations(database.worker, { after, limit }),
      clock,
      ids,
      log,
      wake: () => background.runner().wake(),
    }),
  ];
}
