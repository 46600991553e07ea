import type { z } from 'zod';
import { type ClientId, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { Page } from '../../shared/page.ts';
import { parseInstant } from '../../shared/time/instant.ts';
import { isEventText } from '../event-text.ts';
import { usageRejected } from '../usage.errors.ts';
import type { UsageDirectory } from '../usage.ports.ts';
import type { rejectedEventViewSchema, usageEventViewSchema } from '../usage.schemas.ts';
import type { ListedPart } from '../usage-parts.schemas.ts';
import { lateFromOf } from './read-usage-parts.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';
import { spanOf } from './reading-span.ts';
import type { StoredUsageEvent, UsageEventsFilter } from './usage-reading.ports.ts';
import type { MeterTerms } from './usage-terms.ts';

export interface ListEventsInput {
  meter?: string | undefined;
  /** Our id or the platform's own. */
  client?: string | undefined;
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Only the events of one part of a meter's total, of the current period unless from and to say otherwise. */
  part?: ListedPart | undefined;
  limit: number;
  cursor?: string | undefined;
}

type UsageEventView = z.infer<typeof usageEventViewSchema>;
type RejectedEventView = z.infer<typeof rejectedEventViewSchema>;

/** Stored events, newest first. Unknown meters and clients have no events. @throws METER_UNKNOWN, SPAN_INVALID for a part */
export async function listUsageEvents(
  deps: UsageReadingDeps & { directory: Pick<UsageDirectory, 'findClients'> },
  request: { organizationId: OrganizationId; input: ListEventsInput },
): Promise<Page<UsageEventView>> {
  const { organizationId, input } = request;
  const { meters } = await deps.terms.termsOf(organizationId, deps.clock.now());
  const found = meters.filter(({ meter }) => input.meter === undefined || meter.key === input.meter);
  const wanted = found.map(({ meter }) => meter.key);
  const clientId = await findClient(deps, organizationId, input.client);
  if (wanted.length === 0 || clientId === null) return { items: [], nextCursor: null };
  const page = await deps.reader.events(organizationId, {
    meters: wanted,
    clientId,
    subject: input.subject,
    ...spanAndPart(input, found),
    limit: input.limit,
    cursor: input.cursor,
  });
  return { items: page.items.map(toEventView), nextCursor: page.nextCursor };
}

/** A part belongs to the total of one meter, so it is asked for with its meter. @throws METER_UNKNOWN without it */
function spanAndPart(
  { from, to, part, meter }: ListEventsInput,
  [terms]: readonly MeterTerms[],
): Pick<UsageEventsFilter, 'from' | 'to' | 'part'> {
  if (part === undefined) {
    return {
      from: from === undefined ? undefined : parseInstant(from),
      to: to === undefined ? undefined : parseInstant(to),
    };
  }
  if (meter === undefined || terms === undefined) throw usageRejected('METER_UNKNOWN');
  const { start, end } = spanOf({ from, to }, terms.period);
  return { from: start, to: end, part: { name: part, lateFrom: lateFromOf(end) } };
}

/** undefined = any client; null = one that does not exist. */
async function findClient(
  deps: { directory: Pick<UsageDirectory, 'findClients'> },
  organizationId: OrganizationId,
  reference: string | undefined,
): Promise<ClientId | undefined | null> {
  if (reference === undefined) return undefined;
  if (!isEventText(reference)) return null;
  return (await deps.directory.findClients(organizationId, [reference])).get(reference) ?? null;
}

/** Events that were refused in the last 30 days. */
export async function listRejectedEvents(
  deps: Pick<UsageReadingDeps, 'reader'>,
  request: { organizationId: OrganizationId; input: { limit: number; cursor?: string | undefined } },
): Promise<Page<RejectedEventView>> {
  const { items, nextCursor } = await deps.reader.rejected(request.organizationId, request.input);
  return {
    nextCursor,
    items: items.map(({ receivedAt, resentAt, ...event }) => ({
      ...event,
      receivedAt: receivedAt.toISOString(),
      resentAt: resentAt?.toISOString() ?? null,
    })),
  };
}

function toEventView({ clientId, occurredAt, recordedAt, ...event }: StoredUsageEvent): UsageEventView {
  return {
    ...event,
    occurredAt: occurredAt.toISOString(),
    recordedAt: recordedAt.toISOString(),
    client: clientId === null ? null : toPublicId('client', clientId),
  };
}
