import type { ClientId, OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Page } from '../../shared/page.ts';
import type { Period } from '../../shared/time/period.ts';
import type { MeterAggregation } from '../usage-event.ts';
import type { ListedPart } from '../usage-parts.schemas.ts';

export interface MeterSpan {
  readonly organizationId: OrganizationId;
  readonly meter: string;
  readonly aggregation: MeterAggregation;
}

export interface StoredUsageEvent {
  id: string;
  kind: 'usage' | 'void' | 'amend';
  /** The event that this one corrects. */
  adjusts: string | null;
  meter: string;
  quantity: Quantity;
  occurredAt: Date;
  recordedAt: Date;
  clientId: ClientId | null;
  subject: string | null;
  properties: Record<string, unknown> | null;
}

export interface UsageEventsFilter {
  /** The meters to look at; events of all of them are merged, newest first. */
  meters: readonly string[];
  clientId?: ClientId | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Only the events of one part of the total. */
  part?: { name: ListedPart; lateFrom: Date } | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface StoredUsagePart {
  /** `retired` are events of which only ids and sums are kept, after their corrections. */
  part: ListedPart | 'retired';
  count: number;
  quantity: Quantity;
}

export interface StoredRejectedEvent {
  id: string;
  eventId: string | null;
  code: string;
  message: string;
  payload: unknown;
  receivedAt: Date;
  resentAt: Date | null;
}

/** Totals come from the roll-ups and, at ragged ends, from the events; both always agree. */
export interface UsageReader {
  /** All totals as of one moment, which `snapshotId` names. */
  totals(
    organizationId: OrganizationId,
    spans: readonly (Omit<MeterSpan, 'organizationId'> & { period: Period })[],
  ): Promise<{ snapshotId: string; totals: Quantity[] }>;
  /** One total per window, in order. */
  series(span: MeterSpan, windows: readonly Period[]): Promise<Quantity[]>;
  /** Like `series`, by client, of those with the largest totals; the key null stands for usage without a client. */
  seriesByClient(
    span: MeterSpan,
    windows: readonly Period[],
    clientsMax?: number,
  ): Promise<Map<ClientId | null, Quantity[]>>;
  /**
   * Like `series`, by the value of a property, of the groups with the largest totals; events without it are the group
   * `none`. Counted from events, so what was retired is missing.
   */
  seriesByProperty(
    span: MeterSpan,
    windows: readonly Period[],
    property: { key: string; groupsMax: number },
  ): Promise<Map<string, Quantity[]>>;
  /**
   * The total and, of one moment with it, what it is made of. `lateFrom` is an hour after the end of the period or
   * later. Reads sums and, one by one, only events that came late or correct others.
   */
  parts(
    span: MeterSpan,
    asked: { period: Period; lateFrom: Date },
  ): Promise<{ total: Quantity; parts: StoredUsagePart[] }>;
  /** Of one client where one is named. */
  count(
    span: MeterSpan & { clientId?: ClientId },
    period: Period,
  ): Promise<{ count: number; total: Quantity }>;
  events(organizationId: OrganizationId, filter: UsageEventsFilter): Promise<Page<StoredUsageEvent>>;
  rejected(
    organizationId: OrganizationId,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<Page<StoredRejectedEvent>>;
  findRejected(organizationId: OrganizationId, id: string): Promise<StoredRejectedEvent | undefined>;
  markResent(organizationId: OrganizationId, id: string, at: Date): Promise<void>;
}
