import { type Clock, isGivenUp, nextAttemptAt, toPublicId } from '@metergate/core';
import type { ClaimedEndpoint, DueDelivery, WebhookQueue } from '@metergate/db';
import { crashPoint } from '../crash-points.ts';
import type { WebhookSender } from './send-request.ts';
import { signedHeaders } from './sign-message.ts';

export interface ServeDeps {
  queue: WebhookQueue;
  sender: WebhookSender;
  open: (sealed: string) => string;
  /** Business time decides when to try again. */
  clock: Clock;
  /** The machine's time is what receivers compare with theirs. */
  wallClock: Clock;
  monotonicMs: () => number;
  workerId: string;
  /** After an endpoint has failed for three days. */
  disable: (endpoint: ClaimedEndpoint) => Promise<unknown>;
}

const messagesPerVisit = 100;
const visitMsMax = 20_000;
/** After that many failures in a row the endpoint rests: what waits for it would fail too, each after ten seconds. */
const failuresMax = 3;
const restMsMin = 60_000;
const restMsMax = 3_600_000;

/** Sends what is due for one endpoint, one message after the other. Answers how many attempts were made. */
export async function serveEndpoint(
  deps: ServeDeps,
  endpoint: ClaimedEndpoint,
  isStopping: () => boolean,
): Promise<number> {
  const startedMs = deps.monotonicMs();
  const due = await deps.queue.listDue(endpoint, { now: deps.clock.now(), countMax: messagesPerVisit });
  let failingSince = endpoint.failingSince;
  let failures = 0;
  let count = 0;
  for (const delivery of due) {
    if (isStopping() || failures >= failuresMax || deps.monotonicMs() - startedMs > visitMsMax) break;
    const error = await attempt(deps, endpoint, delivery);
    if (error === 'lease lost') return count;
    count += 1;
    failures = error === null ? 0 : failures + 1;
    failingSince = error === null ? null : (failingSince ?? deps.clock.now());
  }
  await deps.queue.release(endpoint, deps.workerId, restUntil(deps.clock.now(), failures, failingSince));
  if (failingSince !== null && isGivenUp(failingSince, deps.clock.now())) await deps.disable(endpoint);
  return count;
}

/** The longer it fails, the longer it rests. */
function restUntil(now: Date, failures: number, failingSince: Date | null): Date | undefined {
  if (failures < failuresMax || failingSince === null) return undefined;
  const tenthMs = (now.getTime() - failingSince.getTime()) / 10;
  return new Date(now.getTime() + Math.min(Math.max(tenthMs, restMsMin), restMsMax));
}

async function attempt(
  deps: ServeDeps,
  endpoint: ClaimedEndpoint,
  delivery: DueDelivery,
): Promise<string | null> {
  const { clock, queue, sender } = deps;
  const startedAt = clock.now();
  const startedMs = deps.monotonicMs();
  const message = { publicId: toPublicId('webhookMessage', delivery.messageId), body: delivery.body };
  const headers = signedHeaders(message, secretsOf(deps, endpoint, startedAt), deps.wallClock.now());
  const { error, responseStatus } = await sender.send({ url: endpoint.url, headers, body: delivery.body });
  crashPoint('webhook.after_send');
  const firstAt = delivery.firstAttemptedAt ?? startedAt;
  const series = { firstAt, failedAttempts: delivery.seriesAttempts + 1 };
  const isHeld = await queue.record(endpoint, deps.workerId, {
    deliveryId: delivery.id,
    startedAt,
    durationMs: Math.round(deps.monotonicMs() - startedMs),
    responseStatus,
    error,
    nextAttemptAt: error === null ? null : nextAttemptAt(series, clock.now()),
  });
  return isHeld ? error : 'lease lost';
}

function secretsOf({ open }: ServeDeps, endpoint: ClaimedEndpoint, now: Date): string[] {
  const { secretCipher, previousSecret } = endpoint;
  const previous = previousSecret !== null && previousSecret.until > now ? [previousSecret.cipher] : [];
  return [secretCipher, ...previous].map(open);
}
