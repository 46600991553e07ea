import type { z } from 'zod';
import type { Id, OrganizationId } from '../shared/ids.ts';
import type { PageQuery } from '../shared/page.ts';
import type { inboundEventOdditySchema, inboundEventStatusSchema } from './admin.schemas.ts';

export type InboundEventStatus = z.infer<typeof inboundEventStatusSchema>;

/** Not ours, or not the first under its id: stored, shown and never applied. */
export type InboundEventOddity = z.infer<typeof inboundEventOdditySchema>;

export interface InboundEventRecord {
  id: Id<'inboundEvent'>;
  externalId: string;
  type: string;
  status: InboundEventStatus;
  organization: { id: OrganizationId; slug: string; name: string } | null;
  attempts: number;
  objectId: string | null;
  lastError: string | null;
  stripeCreatedAt: Date;
  receivedAt: Date;
  processedAt: Date | null;
}

export interface InboundEventDetails extends InboundEventRecord {
  payload: unknown;
  effect: unknown;
  history: ReadonlyArray<{
    attempt: number;
    startedAt: Date;
    finishedAt: Date | null;
    outcome: string;
    error: string | null;
    durationMs: number | null;
  }>;
  /** Its id came again with other content. */
  conflict: { times: number; lastAt: Date; payload: unknown } | null;
  sameObject: readonly Pick<InboundEventRecord, 'id' | 'type' | 'receivedAt' | 'status'>[];
}

export interface InboundEventFilter extends PageQuery {
  status?: InboundEventStatus | undefined;
  type?: string | undefined;
  oddity?: InboundEventOddity | undefined;
  /** Slug or public id. */
  organization?: string | undefined;
}

/** What came in, across organizations, newest first; for staff. */
export interface InboundEventDirectory {
  list(filter: InboundEventFilter): Promise<{ items: InboundEventRecord[]; nextCursor: string | null }>;
  countByStatus(): Promise<Record<string, number>>;
  find(id: Id<'inboundEvent'>): Promise<InboundEventDetails | null>;
}

/** The writing side, in a transaction across organizations. */
export interface InboundEventReplays {
  /** False when the event is being worked on, or waits to be. */
  requeue(id: Id<'inboundEvent'>): Promise<boolean>;
}
