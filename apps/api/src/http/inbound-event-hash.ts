import { createHash } from 'node:crypto';

/**
 * Tells a true copy of an event from another event under its id. Covers what the event says and not how it was sent:
 * counters of deliveries differ between a webhook and the list of events.
 */
export function inboundEventHash(payload: Readonly<Record<string, unknown>>): Buffer {
  const { id, type, created, livemode, account, data } = payload;
  return createHash('sha256')
    .update(JSON.stringify([id, type, created, livemode, account, data]))
    .digest();
}
