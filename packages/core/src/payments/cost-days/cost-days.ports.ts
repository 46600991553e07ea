import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { CalendarDate } from '../../shared/time/calendar-date.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SummaryDeps, SummaryTx } from '../summary/summary.ports.ts';

/** What the running periods had cost in one currency when a local day ended, in minor units; never changed again. */
export interface CostDay {
  day: CalendarDate;
  /** First instant of the next local day. */
  endedAt: Date;
  currency: string;
  /** In force when it was written down. */
  recurringMinor: bigint;
  /** Of what had happened by then and was known when it was written down. */
  usageMinor: bigint;
  takenAt: Date;
}

export interface CostDayRepository {
  /** When the latest day that is written down ended; null = none is. */
  lastEnd(organizationId: OrganizationId): Promise<Date | null>;
  /** Days that ended within `(after, until]`, oldest first. */
  list(organizationId: OrganizationId, span: { after: Date; until: Date }): Promise<CostDay[]>;
  /** Keeps what is written down already; the number of those that were not. */
  insert(organizationId: OrganizationId, days: readonly CostDay[]): Promise<number>;
}

export interface TakeCostDaysDeps extends Pick<SummaryDeps, 'entitlements' | 'usage' | 'clock'> {
  unitOfWork: UnitOfWork<Pick<SummaryTx, 'subscriptions' | 'planVersions'> & { costDays: CostDayRepository }>;
}

export interface ReadCostDaysDeps extends Pick<SummaryDeps, 'entitlements'> {
  unitOfWork: UnitOfWork<{ costDays: CostDayRepository }>;
  clock: Clock;
}
