import type { z } from 'zod';
import type { AuditLog } from '../../shared/audit.ts';
import type { Id, OrganizationId } from '../../shared/ids.ts';
import type { PlatformUnitOfWork } from '../../shared/unit-of-work.ts';
import type { OutboxStatus, outboxFilterSchema } from './outbox.schemas.ts';

export interface OutboxRecord {
  id: Id<'outboxMessage'>;
  organization: { id: OrganizationId; slug: string; name: string };
  kind: string;
  status: OutboxStatus;
  attempts: number;
  round: number;
  idempotencyKey: string;
  payload: unknown;
  lastError: string | null;
  createdAt: Date;
  doneAt: Date | null;
  /**
   * Something newer was decided about the same subscription or customer: a later message that was delivered, or a
   * decision of a person that Stripe was told directly.
   */
  isOvertaken: boolean;
}

/** Messages to Stripe across organizations, newest first; for staff. */
export interface OutboxDirectory {
  list(
    filter: z.infer<typeof outboxFilterSchema>,
  ): Promise<{ items: OutboxRecord[]; nextCursor: string | null }>;
  countByStatus(): Promise<Record<string, number>>;
  find(id: Id<'outboxMessage'>): Promise<OutboxRecord | null>;
}

/** The writing side, in a transaction across organizations; false when it is not dead any more. */
export interface DeadMessages {
  /** It waits again, before everything later of its organization, and counts as tried. */
  requeue(id: Id<'outboxMessage'>): Promise<boolean>;
  dismiss(id: Id<'outboxMessage'>, at: Date): Promise<boolean>;
}

export interface OutboxDeps {
  outboxMessages: OutboxDirectory;
}

export interface SettleMessageDeps extends OutboxDeps {
  platformUnitOfWork: PlatformUnitOfWork<{ deadMessages: DeadMessages; audit: AuditLog }>;
  clock: { now(): Date };
  wake: () => void;
}
