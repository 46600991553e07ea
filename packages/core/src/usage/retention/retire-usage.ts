import type { Actor } from '../../shared/actor.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { retentionTooShort } from '../usage.errors.ts';
import type { MeterAggregation } from '../usage-event.ts';
import type { UsageRetirements } from './retention.ports.ts';

/** Late usage, the longest period but one, and time to question an invoice: nothing younger than this ever goes. */
export const retentionMonthsMin = 4;
const countPerStep = 5_000;

export interface RetireUsageDeps {
  clock: Clock;
  unitOfWork: UnitOfWork<{ audit: AuditLog; usageRetirements: UsageRetirements }>;
  /** Every meter that is sold; events of others stay, because nobody knows how they add up. */
  meters: readonly { key: string; aggregation: MeterAggregation }[];
}

export interface RetireUsageRequest {
  actor: Actor;
  organizationId: OrganizationId;
  /** Events are kept for so many months after they happened. */
  months: number;
  dryRun: boolean;
}

export interface RetiredUsage {
  meter: string;
  count: number;
  /** Usage from here on is needed by a running period, unfinished billing or an open case; null = nothing is. */
  heldFrom: Date | null;
}

/**
 * Takes usage events away that are older than `months`, per meter, in steps that each commit with their audit row. Ids
 * stay taken and sums stay as they are. Stopping halfway and running twice are both harmless.
 * @throws RETENTION_TOO_SHORT
 */
export async function retireUsage(
  deps: RetireUsageDeps,
  request: RetireUsageRequest,
): Promise<readonly RetiredUsage[]> {
  if (!Number.isSafeInteger(request.months) || request.months < retentionMonthsMin) throw retentionTooShort();
  const { organizationId, dryRun } = request;
  const before = retentionCut(deps.clock.now(), request.months);
  // Distinct subjects are counted from the events themselves: without them the count would be wrong.
  const meters = deps.meters
    .filter(({ aggregation }) => aggregation !== 'unique_count')
    .map(({ key }) => key);
  const found = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.usageRetirements.preview(organizationId, { meters, before }),
  );
  if (dryRun) return found;
  const retired: RetiredUsage[] = [];
  for (const { meter, count, heldFrom } of found) {
    if (count > 0)
      retired.push({ meter, heldFrom, count: await retireMeter(deps, request, { meter, before }) });
  }
  return retired;
}

/** Midnight in UTC, whole calendar months back; the 31st of a shorter month is its last day. */
export function retentionCut(now: Date, months: number): Date {
  const cut = new Date(now);
  cut.setUTCHours(0, 0, 0, 0);
  cut.setUTCDate(1);
  cut.setUTCMonth(cut.getUTCMonth() - months);
  const lastDay = new Date(cut);
  lastDay.setUTCMonth(cut.getUTCMonth() + 1, 0);
  cut.setUTCDate(Math.min(now.getUTCDate(), lastDay.getUTCDate()));
  return cut;
}

async function retireMeter(
  deps: RetireUsageDeps,
  { actor, organizationId }: RetireUsageRequest,
  { meter, before }: { meter: string; before: Date },
): Promise<number> {
  let total = 0;
  let from: Date | null = null;
  for (;;) {
    const step = { meter, before, from, countMax: countPerStep };
    const { count, upTo } = await deps.unitOfWork.run(organizationId, async (tx) => {
      const done = await tx.usageRetirements.retire(organizationId, step);
      if (done.count > 0) {
        await tx.audit.append({
          organizationId,
          actor,
          action: 'usage_events.retired',
          target: { kind: 'meter', id: meter },
          before: { events: String(done.count) },
          after: { happenedBefore: before.toISOString() },
        });
      }
      return done;
    });
    total += count;
    if (upTo === null) return total;
    from = justAfter(upTo);
  }
}

/** Instants have milliseconds, so this is the very next one. */
function justAfter(instant: Date): Date {
  const next = new Date(instant);
  next.setTime(instant.getTime() + 1);
  return next;
}
