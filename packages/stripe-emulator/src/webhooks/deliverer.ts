import { randomInt } from 'node:crypto';
import { type Faults, happens } from '../faults/faults.ts';
import type { Row } from '../store/rows.ts';
import type { DeliveryRow, EventRow, WebhookEndpointRow } from '../store/session-rows.ts';
import type { Store } from '../store/store.ts';
import { newId } from '../wire/ids.ts';
import { render } from '../wire/render.ts';
import { type Message, post } from './post.ts';
import { signatureHeader } from './signature.ts';

const PARALLEL_DELIVERIES_MAX = 16;
const KEPT_DELIVERIES_MAX = 20_000;

/**
 * Sends events to webhook endpoints, at least once, in no guaranteed order. Times here are wall-clock times:
 * receivers check the age of a signature against their own clock, whatever the billing clock says.
 */
export class Deliverer {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #retryScheduleMs: number[];
  readonly #held: string[] = [];
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #sending = 0;
  #queue: string[] = [];
  #isClosed = false;

  constructor(store: Store, faults: Faults, retryScheduleMs: number[]) {
    this.#store = store;
    this.#faults = faults;
    this.#retryScheduleMs = retryScheduleMs;
  }

  /** Records the deliveries of an event; they are sent once the surrounding request is committed. */
  enqueue(event: Pick<EventRow, 'id' | 'type'>, endpoint: WebhookEndpointRow): void {
    const faults = this.#faults.webhookFaults(event.type);
    for (let copy = 0; copy <= (faults.duplicate ?? 0); copy++) {
      const isDropped = happens(faults.drop ?? 0);
      const delivery: DeliveryRow = {
        id: newId('whd'),
        object: 'delivery',
        endpoint: endpoint.id,
        event: event.id,
        eventType: event.type,
        status: isDropped ? 'dropped' : 'pending',
        attempts: [],
        nextAttemptAtMs: isDropped ? null : Date.now() + (faults.delayMs ?? 0),
      };
      this.#store.put('delivery', delivery);
    }
  }

  /** Called with what was committed: pending deliveries start here, and again after a restart. */
  schedule(delivery: DeliveryRow): void {
    if (delivery.status !== 'pending' || this.#isClosed || this.#timers.has(delivery.id)) return;
    const waitMs = Math.max(0, (delivery.nextAttemptAtMs ?? 0) - Date.now());
    const window = this.#faults.webhookFaults(delivery.eventType).shuffle ?? 0;
    if (window > 1 && delivery.attempts.length === 0) {
      this.#held.push(delivery.id);
      if (this.#held.length >= window) this.releaseHeld();
      return;
    }
    if (waitMs === 0) {
      if (!this.#queue.includes(delivery.id)) this.#queue.push(delivery.id);
      setImmediate(() => this.#pump());
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(delivery.id);
      this.#queue.push(delivery.id);
      this.#pump();
    }, waitMs);
    timer.unref();
    this.#timers.set(delivery.id, timer);
  }

  /** Sends held deliveries in random order. */
  releaseHeld(): void {
    while (this.#held.length > 0) {
      const [id] = this.#held.splice(randomInt(this.#held.length), 1);
      if (id) this.#queue.push(id);
    }
    setImmediate(() => this.#pump());
  }

  resend(delivery: DeliveryRow): DeliveryRow {
    const again = this.#store.put('delivery', {
      ...delivery,
      status: 'pending',
      nextAttemptAtMs: Date.now(),
    });
    this.#store.commit();
    return again;
  }

  isIdle(): boolean {
    return this.#sending === 0 && this.#queue.length === 0 && this.#held.length === 0;
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#queue = [];
  }

  /** Forgets timers and queues; the deliveries themselves are rows of the store. */
  forget(): void {
    this.close();
    this.#held.length = 0;
    this.#isClosed = false;
  }

  #pump(): void {
    while (this.#sending < PARALLEL_DELIVERIES_MAX && this.#queue.length > 0 && !this.#isClosed) {
      const id = this.#queue.shift();
      const delivery = id === undefined ? undefined : this.#store.get('delivery', id);
      if (delivery?.status !== 'pending') continue;
      this.#sending += 1;
      void this.#attempt(delivery).finally(() => {
        this.#sending -= 1;
        this.#pump();
      });
    }
  }

  async #attempt(delivery: DeliveryRow): Promise<void> {
    const event = this.#store.get('event', delivery.event) ?? this.#store.get('thin_event', delivery.event);
    const endpoint = this.#store.get('webhook_endpoint', delivery.endpoint);
    if (!event || !endpoint) {
      this.#record(delivery, { httpStatus: null, error: 'endpoint deleted', durationMs: 0 }, true);
      return;
    }
    const startedMs = Date.now();
    const result = await post(endpoint.url, this.#message(event, endpoint));
    if (this.#isClosed) return;
    this.#record(delivery, { ...result, durationMs: Date.now() - startedMs }, false);
  }

  #message(event: Row, endpoint: WebhookEndpointRow): Message {
    const faults = this.#faults.webhookFaults(String(event.type));
    const body = JSON.stringify(bodyOf(event, endpoint), null, 2);
    const secrets = faults.wrongSecret ? [newId('whsec')] : liveSecrets(endpoint);
    const timestamp = Math.floor(Date.now() / 1000) - (faults.staleSeconds ?? 0);
    const signature = signatureHeader(body, secrets, timestamp);
    return {
      body,
      signature: faults.corruptSignature ? signature.replace(/.$/, 'x') : signature,
      slowMs: faults.slowMs ?? 0,
    };
  }

  #record(
    delivery: DeliveryRow,
    result: Omit<DeliveryRow['attempts'][number], 'at'>,
    isFinal: boolean,
  ): void {
    const isDelivered = result.httpStatus !== null && result.httpStatus >= 200 && result.httpStatus < 300;
    const attempts = [...delivery.attempts, { at: new Date().toISOString(), ...result }];
    const retryMs = this.#retryScheduleMs[attempts.length - 1];
    const willRetry = !isDelivered && !isFinal && retryMs !== undefined;
    const event = this.#store.get('event', delivery.event);
    if (isDelivered && event && event.pending_webhooks > 0) {
      this.#store.put('event', { ...event, pending_webhooks: event.pending_webhooks - 1 });
    }
    this.#store.put('delivery', {
      ...delivery,
      status: isDelivered ? 'delivered' : willRetry ? 'pending' : 'failed',
      attempts,
      nextAttemptAtMs: willRetry ? Date.now() + retryMs : null,
    });
    this.#prune();
    this.#store.commit();
  }

  #prune(): void {
    if (this.#store.count('delivery') <= KEPT_DELIVERIES_MAX) return;
    const settled = this.#store.all('delivery').filter(({ status }) => status !== 'pending');
    for (const { id } of settled.slice(0, 1000)) this.#store.delete('delivery', id);
  }
}

/** A snapshot event is sent whole, in the endpoint's API version; a thin one without its data. */
function bodyOf(event: Row, endpoint: WebhookEndpointRow): Record<string, unknown> {
  if (event.object === 'event')
    return render({ ...event, api_version: endpoint.api_version ?? event.api_version });
  const { data: _fetched, changes: _changes, ...notification } = render(event);
  return notification;
}

/** While a secret is being rolled, deliveries are signed with the new and the old one. */
function liveSecrets(endpoint: WebhookEndpointRow): string[] {
  const [current = '', ...older] = endpoint._secrets;
  const isRolling = typeof endpoint._rollingUntilMs !== 'number' || Date.now() < endpoint._rollingUntilMs;
  return isRolling ? [current, ...older] : [current];
}
