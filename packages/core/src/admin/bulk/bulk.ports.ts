import type { Actor } from '../../shared/actor.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Id, IdSource } from '../../shared/ids.ts';
import type { PlatformUnitOfWork } from '../../shared/unit-of-work.ts';
import type { BulkItem, BulkKind, BulkRunView } from './bulk.schemas.ts';

export type StaffActor = Extract<Actor, { kind: 'staff' }>;

/** One action for many objects, carried out by a worker one after another. */
export interface BulkRun {
  id: Id<'bulkRun'>;
  kind: BulkKind;
  status: BulkRunView['status'];
  reason: string;
  /** Who answers for each of them. */
  actor: StaffActor;
  perSecond: number;
  items: readonly BulkItem[];
  startedAt: Date;
  finishedAt: Date | null;
}

export interface BulkRunRepository {
  /** False while another run is not over: there is one at a time. */
  insert(run: BulkRun): Promise<boolean>;
  /** What was done stays; null when it was over already. */
  cancel(id: Id<'bulkRun'>, at: Date): Promise<BulkRun | null>;
}

export interface BulkRunReader {
  latest(kind: BulkKind): Promise<BulkRun | null>;
}

export interface BulkDeps {
  platformUnitOfWork: PlatformUnitOfWork<{ bulkRuns: BulkRunRepository; audit: AuditLog }>;
  clock: Clock;
  ids: IdSource;
  wake: () => void;
}
