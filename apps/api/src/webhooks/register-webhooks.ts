import { disableFailingEndpoint } from '@metergate/core';
import { createWebhookQueue } from '@metergate/db';
import { monotonicMs, SystemClock } from '../clock/system-clock.ts';
import type { Container } from '../container.ts';
import { createWebhookJob } from '../jobs/deliver-webhooks.job.ts';
import type { ScheduledJob } from '../jobs/scheduled-jobs.job.ts';
import { createSeal } from './seal-secret.ts';
import { createWebhookSender } from './send-request.ts';
import { webhookUnitOfWork } from './webhook-deps.ts';

type Parts = Pick<
  Container,
  | 'env'
  | 'clock'
  | 'ids'
  | 'log'
  | 'database'
  | 'unitOfWork'
  | 'platformUnitOfWork'
  | 'lifecycle'
  | 'background'
>;

const daySeconds = 86_400;
const keptDays = 30;

/** Adds the delivery of outgoing webhooks to this process's jobs, and their end after 30 days. */
export function registerWebhooks(parts: Parts): void {
  const { env, clock, ids, log, database, lifecycle, background } = parts;
  const queue = createWebhookQueue(database.worker);
  const sender = createWebhookSender({ allowsLoopback: env.TEST_SEAMS });
  const disabling = {
    clock,
    unitOfWork: webhookUnitOfWork(parts),
    recipientsOf: queue.listRecipients,
  };
  const job = createWebhookJob({
    queue,
    sender,
    open: createSeal(env.AUTH_SECRET).open,
    clock,
    wallClock: new SystemClock(),
    monotonicMs,
    workerId: ids.next(),
    disable: ({ owner, id: endpointId }) => disableFailingEndpoint(disabling, { owner, endpointId }),
    log,
  });
  background.jobs.push(job);
  background.schedules.push(createForgetting(queue, clock));
  lifecycle.onDrain('webhooks', () => job.drain());
  lifecycle.onClose('webhooks', async () => sender.close());
}

function createForgetting(
  queue: ReturnType<typeof createWebhookQueue>,
  clock: Container['clock'],
): ScheduledJob {
  return {
    name: 'forget-webhook-messages',
    everySeconds: daySeconds,
    run: () => queue.deleteBefore(new Date(clock.now().getTime() - keptDays * daySeconds * 1000)),
  };
}
