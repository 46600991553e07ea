import type { InboundEvent } from '../../app/views.ts';
import { csvOf } from '../../components/csv.ts';

const header = [
  'id',
  'at_stripe',
  'type',
  'status',
  'organization',
  'object',
  'attempts',
  'lag_ms',
  'received',
  'processed',
  'error',
];

/** The events that are shown, one line each; instants in UTC. */
export function eventsCsv(events: readonly InboundEvent[]): string {
  return csvOf([
    header,
    ...events.map((event) => [
      event.id,
      event.externalId,
      event.type,
      event.status,
      event.organization?.slug ?? null,
      event.objectId,
      String(event.attempts),
      event.lagMs === null ? null : String(event.lagMs),
      event.receivedAt,
      event.processedAt,
      event.lastError,
    ]),
  ]);
}
