import type { z } from 'zod';
import { type ClientId, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { Page } from '../../shared/page.ts';
import { parseInstant } from '../../shared/time/instant.ts';
import { isEventText } from '../event-text.ts';
import type { UsageDirectory } from '../usage.ports.ts';
import type { rejectedEventViewSchema, usageEventViewSchema } from '../usage.schemas.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';
import type { StoredUsageEvent } from './usage-reading.ports.ts';

export interface ListEventsInput {
  meter?: string | undefined;
  /** Our id or the platform's own. */
  client?: string | undefined;
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

type UsageEventView = z.infer<typeof usageEventViewSchema>;
type RejectedEventView = z.infer<typeof rejectedEventViewSchema>;

/** Stored events, newest first. Unknown meters and clients have no events. */
export async function listUsageEvents(
  deps: UsageReadingDeps & { directory: Pick<UsageDirectory, 'findClients'> },
  request: { organizationId: OrganizationId; input: ListEventsInput },
): Promise<Page<UsageEventView>> {
  const { organizationId, input } = request;
  const { meters } = await deps.terms.termsOf(organizationId, deps.clock.now());
  const wanted = meters
    .map(({ meter }) => meter.key)
    .filter((key) => input.meter === undefined || key === input.meter);
  const clientId = await findClient(deps, organizationId, input.client);
  if (wanted.length === 0 || clientId === null) return { items: [], nextCursor: null };
  const page = await deps.reader.events(organizationId, {
    meters: wanted,
    clientId,
    subject: input.subject,
    from: input.from === undefined ? undefined : parseInstant(input.from),
    to: input.to === undefined ? undefined : parseInstant(input.to),
    limit: input.limit,
    cursor: input.cursor,
  });
  return { items: page.items.map(toEventView), nextCursor: page.nextCursor };
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
