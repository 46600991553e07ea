import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { OrganizationId } from '../shared/ids.ts';
import { isEventText } from './event-text.ts';
import { parseUsageEvent } from './parse-usage-event.ts';
import { backfillReverted, type UsageRejection, usageRejection } from './usage.errors.ts';
import type {
  MeteredOrganization,
  RejectedEventStore,
  UsageDirectory,
  UsageWriteOutcome,
  UsageWriter,
} from './usage.ports.ts';
import type { RecordUsageAnswer } from './usage.schemas.ts';
import type { UsageEventEntry, UsageSource } from './usage-event.ts';

export interface RecordUsageDeps {
  clock: Clock;
  directory: UsageDirectory;
  writer: UsageWriter;
  rejectedEvents: RejectedEventStore;
  /** Lets others go first, after every hundred events of a large batch. */
  giveWay?: () => Promise<void>;
}

const eventsPerTurn = 100;

export interface RecordUsageRequest {
  actor: Actor;
  /** 1 to `usageBatchSizeMax` raw items. */
  events: readonly unknown[];
  source: UsageSource;
  /** Used for events that name no organization (a key or a page that belongs to one). */
  defaultOrganization: string | null;
  /** When the events came first; default: now. */
  receivedAt?: Date | undefined;
}

type ItemState =
  | { kind: 'refused'; organizationId: OrganizationId | null; rejection: UsageRejection }
  | {
      kind: 'written';
      organizationId: OrganizationId;
      outcome: Exclude<UsageWriteOutcome, 'backfill_reverted'>;
    };

const rejectionOfOutcome = {
  id_reused: 'USAGE_EVENT_ID_REUSED',
  not_storable: 'EVENT_NOT_STORABLE',
} as const;

/**
 * Stores a batch of reported usage and answers per event, in the order given. Safe to repeat: an event already
 * stored answers `duplicate`. Everything answered `accepted` is committed. The caller has checked the scope.
 * @throws BACKFILL_REVERTED when the writer met a backfill that was taken back; some of its events may be stored
 */
export async function recordUsage(
  deps: RecordUsageDeps,
  request: RecordUsageRequest,
): Promise<RecordUsageAnswer> {
  const items = await readItems(deps, request);
  const entries: UsageEventEntry[] = [];
  for (const item of items) if (item.kind === 'entry') entries.push(item.entry);
  const outcomes = entries.length === 0 ? [] : await deps.writer.write(entries);
  let next = 0;
  const states = items.map((item): ItemState => {
    if (item.kind === 'refused') return item;
    const outcome = outcomes[next] ?? 'not_storable';
    next += 1;
    if (outcome === 'backfill_reverted') throw backfillReverted();
    return { kind: 'written', organizationId: item.entry.organizationId, outcome };
  });
  await keepRefused(deps, request.events, states);
  return toAnswer(request.events, states);
}

type ReadItem =
  | { kind: 'entry'; entry: UsageEventEntry }
  | { kind: 'refused'; organizationId: OrganizationId | null; rejection: UsageRejection };

async function readItems(deps: RecordUsageDeps, request: RecordUsageRequest): Promise<ReadItem[]> {
  const now = deps.clock.now();
  const { receivedAt } = request;
  const { actor } = request;
  const mayBackfill =
    request.source === 'backfill' || (actor.kind === 'api_key' && actor.scopes.includes('usage:backfill'));
  const organizations = await findOrganizations(deps, request);
  const clients = await findClients(deps, request, organizations);
  const read = (raw: unknown): ReadItem => {
    const organization = organizations.get(organizationReference(raw, request) ?? '');
    if (organization === undefined) {
      const code = isObject(raw) ? 'ORGANIZATION_UNKNOWN' : 'EVENT_INVALID';
      return { kind: 'refused', organizationId: null, rejection: usageRejection(code) };
    }
    const { organizationId, meters } = organization;
    const known = clients.get(organizationId);
    const clientOf = (reference: string) => known?.get(reference);
    const parsed = parseUsageEvent(raw, { now, receivedAt, meters, mayBackfill, clientOf });
    if (!parsed.ok) return { kind: 'refused', organizationId, rejection: parsed.rejection };
    const { draft, aggregation } = parsed;
    return { kind: 'entry', entry: { organizationId, draft, aggregation, source: request.source } };
  };
  const items: ReadItem[] = [];
  for (const raw of request.events) {
    if (items.length > 0 && items.length % eventsPerTurn === 0) await deps.giveWay?.();
    items.push(read(raw));
  }
  return items;
}

async function findOrganizations(deps: RecordUsageDeps, request: RecordUsageRequest) {
  const references = new Set<string>();
  for (const raw of request.events) {
    const reference = organizationReference(raw, request);
    if (reference !== undefined) references.add(reference);
  }
  const found = new Map<string, MeteredOrganization>();
  await Promise.all(
    [...references].map(async (reference) => {
      const organization = await deps.directory.findOrganization(reference, request.actor);
      if (organization !== undefined) found.set(reference, organization);
    }),
  );
  return found;
}

async function findClients(
  deps: RecordUsageDeps,
  request: RecordUsageRequest,
  organizations: ReadonlyMap<string, MeteredOrganization>,
) {
  const wanted = new Map<OrganizationId, Set<string>>();
  for (const raw of request.events) {
    if (!isObject(raw) || !isEventText(raw.client)) continue;
    const organization = organizations.get(organizationReference(raw, request) ?? '');
    if (organization === undefined) continue;
    const references = wanted.get(organization.organizationId) ?? new Set<string>();
    wanted.set(organization.organizationId, references.add(raw.client));
  }
  const found = await Promise.all(
    [...wanted].map(async ([organizationId, references]) => {
      const clients = await deps.directory.findClients(organizationId, [...references]);
      return [organizationId, clients] as const;
    }),
  );
  return new Map(found);
}

async function keepRefused(deps: RecordUsageDeps, events: readonly unknown[], states: readonly ItemState[]) {
  const refused = states.flatMap((state, index) => {
    const rejection = rejectionOf(state);
    if (rejection === undefined || state.organizationId === null) return [];
    const raw = events[index];
    return [{ organizationId: state.organizationId, eventId: eventId(raw) || null, raw, rejection }];
  });
  if (refused.length > 0) await deps.rejectedEvents.keep(refused);
}

function toAnswer(events: readonly unknown[], states: readonly ItemState[]): RecordUsageAnswer {
  const answer: RecordUsageAnswer = { results: [], accepted: 0, duplicates: 0, rejected: 0 };
  states.forEach((state, index) => {
    const id = eventId(events[index]);
    const rejection = rejectionOf(state);
    if (rejection !== undefined) {
      answer.rejected += 1;
      answer.results.push({ id, status: 'rejected', ...rejection });
      return;
    }
    const isDuplicate = state.kind === 'written' && state.outcome === 'duplicate';
    if (isDuplicate) answer.duplicates += 1;
    else answer.accepted += 1;
    answer.results.push({ id, status: isDuplicate ? 'duplicate' : 'accepted' });
  });
  return answer;
}

function rejectionOf(state: ItemState): UsageRejection | undefined {
  if (state.kind === 'refused') return state.rejection;
  if (state.outcome === 'accepted' || state.outcome === 'duplicate') return undefined;
  return usageRejection(rejectionOfOutcome[state.outcome]);
}

function organizationReference(raw: unknown, request: RecordUsageRequest): string | undefined {
  if (!isObject(raw)) return undefined;
  if (raw.organization === undefined) return request.defaultOrganization ?? undefined;
  return isEventText(raw.organization) ? raw.organization : undefined;
}

/** The id to answer under; empty when the item had none that can be shown. */
function eventId(raw: unknown): string {
  return isObject(raw) && typeof raw.id === 'string' ? raw.id.slice(0, 255).toWellFormed() : '';
}

function isObject(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
