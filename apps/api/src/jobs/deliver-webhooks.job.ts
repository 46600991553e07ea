import type { ClaimedEndpoint } from '@metergate/db';
import { describeError, type Logger } from '../logging/logger.ts';
import { type ServeDeps, serveEndpoint } from '../webhooks/serve-endpoint.ts';
import type { Job, JobPass } from './runner.ts';

/** Endpoints served at the same time by one process: hanging ones take a place each, never that of the others. */
const lanesMax = 32;
/** Longer than a visit with its last request; each attempt that is recorded makes it longer. */
const leaseSeconds = 60;
const messagesPerBatch = 500;
const batchesPerPass = 20;

export interface WebhookJob extends Job {
  /** Resolves when no request is under way. */
  drain(): Promise<void>;
}

/**
 * Copies stored messages to endpoints and sends them: endpoints beside each other, the messages of one endpoint one
 * after the other. A pass does not wait for slow endpoints; they go on in their lanes.
 */
export function createWebhookJob(deps: ServeDeps & { log: Logger }): WebhookJob {
  const lanes = new Set<Promise<void>>();

  async function fanOutAll(): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < batchesPerPass; batch += 1) {
      const count = await deps.queue.fanOut({ now: deps.clock.now(), countMax: messagesPerBatch });
      total += count;
      if (count < messagesPerBatch) break;
    }
    return total;
  }

  const claim = () => deps.queue.claim({ leasedBy: deps.workerId, leaseSeconds, now: deps.clock.now() });

  /** Goes on with whichever endpoint has waited longest until none has anything due. */
  async function runLane(first: ClaimedEndpoint, { isStopping }: JobPass): Promise<void> {
    let endpoint: ClaimedEndpoint | null = first;
    while (endpoint !== null) {
      await serveEndpoint(deps, endpoint, isStopping);
      endpoint = isStopping() ? null : await claim();
    }
  }

  async function openLane(pass: JobPass): Promise<boolean> {
    const endpoint = await claim();
    if (endpoint === null) return false;
    const lane = runLane(endpoint, pass).catch((error: unknown) => {
      const fields = { endpoint: endpoint.id, error: describeError(error) };
      deps.log.error(fields, 'an endpoint could not be served and is tried again when its lease ends');
    });
    lanes.add(lane);
    void lane.finally(() => lanes.delete(lane));
    return true;
  }

  return {
    name: 'deliver-webhooks',
    async run(pass) {
      let done = await fanOutAll();
      while (!pass.isStopping() && lanes.size < lanesMax && (await openLane(pass))) done += 1;
      if (pass.isHurried) await Promise.all(lanes);
      return done;
    },
    async drain() {
      await Promise.all(lanes);
    },
  };
}
