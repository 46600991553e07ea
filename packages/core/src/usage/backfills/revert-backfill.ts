import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import { type Quantity, subtractQuantities } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { type CorrectUsageDeps, type CorrectUsageTx, correctUsage } from '../correct-usage.ts';
import { isEventText } from '../event-text.ts';
import type { UsageReader } from '../reading/usage-reading.ports.ts';
import type { UsageTermsReader } from '../reading/usage-terms.ts';
import { correctionReasonMissing } from '../usage.errors.ts';
import type { BackfilledEvent, StoredBackfill, UsageBackfills } from './backfills.ports.ts';
import type { RevertAnswer } from './backfills.schemas.ts';
import { toBackfilledPeriod, touchedPeriods } from './touched-periods.ts';

/** So that a call answers within seconds. */
const revertedPerCall = 100;
/** A preview looks at everything up to this many events. */
const previewedMax = 20_000;

export interface RevertBackfillDeps extends CorrectUsageDeps {
  terms: UsageTermsReader;
  reader: Pick<UsageReader, 'totals'>;
  unitOfWork: UnitOfWork<
    CorrectUsageTx & { usageBackfills: Pick<UsageBackfills, 'find' | 'standing' | 'markReverted'> }
  >;
}

export interface RevertBackfillRequest {
  actor: Actor;
  organizationId: OrganizationId;
  id: string;
  reason: string;
  isDryRun: boolean;
}

/**
 * Takes back every event of a backfill that still counts, each by a correction of its own, so that closed periods get
 * their adjustment. From the first call on nothing is added under its name. A call takes back 100 events at most and
 * says how many remain; it can be repeated, at the same time and after it died halfway, and takes nothing back twice.
 * @throws NOT_FOUND, REASON_MISSING
 */
export async function revertBackfill(
  deps: RevertBackfillDeps,
  request: RevertBackfillRequest,
): Promise<RevertAnswer> {
  const { actor, organizationId, id, reason, isDryRun } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'usage:backfill', staff: 'billing_ops' });
  if (reason.trim().length < 3) throw correctionReasonMissing();
  const { backfill, events } = await load(deps, request);
  const touched = await touchedPeriods(deps.terms, organizationId, events);
  const totals = async () => (await deps.reader.totals(organizationId, touched)).totals;
  const before = await totals();
  if (isDryRun) {
    const periods = touched.map((span, n) => {
      const total = before[n] ?? '0';
      return toBackfilledPeriod(deps.clock, span, { before: total, after: totalWithout(span.sum, total) });
    });
    const remaining = backfill.standing - events.length;
    return { id, dryRun: true, reverted: events.length, remaining, periods };
  }
  await markReverted(deps, request, backfill);
  let reverted = 0;
  for (const event of events) reverted += await takeBack(deps, request, event.id);
  const after = await totals();
  const periods = touched.map((span, n) =>
    toBackfilledPeriod(deps.clock, span, { before: before[n] ?? '0', after: after[n] ?? '0' }),
  );
  const left = await deps.unitOfWork.run(organizationId, (tx) => tx.usageBackfills.find(organizationId, id));
  return { id, dryRun: false, reverted, remaining: left?.standing ?? 0, periods };
}

async function load(
  { unitOfWork }: RevertBackfillDeps,
  { organizationId, id, isDryRun }: RevertBackfillRequest,
): Promise<{ backfill: StoredBackfill; events: BackfilledEvent[] }> {
  if (!isEventText(id)) throw notFound('usage backfill');
  const countMax = isDryRun ? previewedMax : revertedPerCall;
  return await unitOfWork.run(organizationId, async ({ usageBackfills }) => {
    const backfill = await usageBackfills.find(organizationId, id);
    if (backfill === undefined) throw notFound('usage backfill');
    return { backfill, events: await usageBackfills.standing(organizationId, { id, after: null, countMax }) };
  });
}

async function markReverted(
  deps: RevertBackfillDeps,
  { actor, organizationId, id, reason }: RevertBackfillRequest,
  { revertedAt, standing }: StoredBackfill,
): Promise<void> {
  if (revertedAt !== null) return;
  await deps.unitOfWork.run(organizationId, async ({ audit, usageBackfills }) => {
    await usageBackfills.markReverted(organizationId, { id, reason, at: deps.clock.now() });
    await audit.append({
      organizationId,
      actor,
      action: 'usage.backfill_reverted',
      target: { kind: 'usage_backfill', id },
      reason,
      before: { standing },
    });
  });
}

/** A transaction each: several corrections in one would take their locks in another order than the intake. */
async function takeBack(
  deps: RevertBackfillDeps,
  { actor, organizationId, reason }: RevertBackfillRequest,
  eventId: string,
): Promise<number> {
  try {
    await correctUsage(deps, { actor, organizationId, eventId, reason, quantity: null });
    return 1;
  } catch (error) {
    // Retired since the list was read: it counts for good.
    if (error instanceof AppError && error.code === 'USAGE_EVENT_RETIRED') return 0;
    throw error;
  }
}

function totalWithout(sum: Quantity | null, before: Quantity): Quantity | null {
  return sum === null ? null : subtractQuantities(before, sum);
}
