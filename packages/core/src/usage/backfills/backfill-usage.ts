import type { Actor } from '../../shared/actor.ts';
import type { AuditLog } from '../../shared/audit.ts';
import { authorize } from '../../shared/authorize.ts';
import { type IdSource, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { isEventText } from '../event-text.ts';
import type { UsageReader } from '../reading/usage-reading.ports.ts';
import type { UsageTermsReader } from '../reading/usage-terms.ts';
import { type RecordUsageDeps, recordUsage } from '../record-usage.ts';
import { backfillReverted, correctionReasonMissing, usageRejected } from '../usage.errors.ts';
import type { UsageDirectory, UsageWriter } from '../usage.ports.ts';
import type { RecordUsageAnswer } from '../usage.schemas.ts';
import type { UsageEventEntry } from '../usage-event.ts';
import type { UsageReopenings } from '../usage-reopenings.ports.ts';
import type { UsageBackfills } from './backfills.ports.ts';
import type { BackfillAnswer } from './backfills.schemas.ts';
import { type TouchedPeriod, toBackfilledPeriod, totalAfter, touchedPeriods } from './touched-periods.ts';

export interface BackfillUsageDeps extends RecordUsageDeps {
  /** Answers what a write would answer, and writes nothing. */
  preview: Pick<UsageWriter, 'write'>;
  terms: UsageTermsReader;
  reader: Pick<UsageReader, 'totals'>;
  ids: IdSource;
  unitOfWork: UnitOfWork<{
    audit: AuditLog;
    usageReopenings: UsageReopenings;
    usageBackfills: Pick<UsageBackfills, 'open' | 'find'>;
  }>;
}

export interface BackfillUsageRequest {
  actor: Actor;
  organizationId: OrganizationId;
  events: readonly unknown[];
  reason: string;
  isDryRun: boolean;
  /** The sender's name for it; requests of one name belong together. Absent = one of its own. */
  id?: string | undefined;
}

/**
 * Records usage of any age under a name, with the totals of every period it touches before and after. A dry run answers
 * the same and stores nothing. Safe to repeat like every intake, also after it died halfway: what is stored already is
 * a duplicate. @throws REASON_MISSING, ID_INVALID, BACKFILL_REVERTED
 */
export async function backfillUsage(
  deps: BackfillUsageDeps,
  request: BackfillUsageRequest,
): Promise<BackfillAnswer> {
  authorize(request.actor, { scope: 'usage:backfill', staff: 'billing_ops' });
  const id = request.id ?? deps.ids.next();
  if (request.reason.trim().length < 3) throw correctionReasonMissing();
  if (!isEventText(id)) throw usageRejected('ID_INVALID');
  await requireOpen(deps, request.organizationId, id);
  const accepted: UsageEventEntry[] = [];
  const previewed = await record({ ...deps, writer: noting(deps.preview, accepted) }, request);
  const touched = await touchedPeriods(
    deps.terms,
    request.organizationId,
    accepted.map(({ draft }) => draft),
  );
  const before = await totalsOf(deps, request, touched);
  if (request.isDryRun) {
    const periods = touched.map((span, n) => {
      const total = before[n] ?? '0';
      return toBackfilledPeriod(deps.clock, span, { before: total, after: totalAfter(span, total) });
    });
    return { ...previewed, id, dryRun: true, periods };
  }
  await note(deps, request, { id, accepted });
  const recorded = await record({ ...deps, writer: naming(deps.writer, id) }, request);
  const after = await totalsOf(deps, request, touched);
  const periods = touched.map((span, n) =>
    toBackfilledPeriod(deps.clock, span, { before: before[n] ?? '0', after: after[n] ?? '0' }),
  );
  return { ...recorded, id, dryRun: false, periods };
}

/** What was taken back as a whole takes nothing more in: nobody could tell what of it counts. */
async function requireOpen(deps: BackfillUsageDeps, organizationId: OrganizationId, id: string) {
  const known = await deps.unitOfWork.run(organizationId, ({ usageBackfills }) =>
    usageBackfills.find(organizationId, id),
  );
  if (known !== undefined && known.revertedAt !== null) throw backfillReverted();
}

async function totalsOf(
  deps: BackfillUsageDeps,
  { organizationId }: BackfillUsageRequest,
  touched: readonly TouchedPeriod[],
): Promise<Quantity[]> {
  return (await deps.reader.totals(organizationId, touched)).totals;
}

function record(deps: BackfillUsageDeps, request: BackfillUsageRequest): Promise<RecordUsageAnswer> {
  const { actor, organizationId, events } = request;
  // Confined to the one organization that was named, so that its reason cannot cover others.
  const directory: UsageDirectory = {
    ...deps.directory,
    async findOrganization(reference, by) {
      const found = await deps.directory.findOrganization(reference, by);
      return found?.organizationId === organizationId ? found : undefined;
    },
  };
  const rejectedEvents = request.isDryRun ? { keep: async () => undefined } : deps.rejectedEvents;
  return recordUsage(
    { ...deps, directory, rejectedEvents },
    {
      actor,
      events,
      source: 'backfill',
      defaultOrganization: toPublicId('organization', organizationId),
    },
  );
}

/** The same writer, which also says whose events they are: it stores none of a backfill that was taken back meanwhile. */
function naming(writer: UsageWriter, backfillId: string): UsageWriter {
  return { write: (entries) => writer.write(entries.map((entry) => ({ ...entry, backfillId }))) };
}

/** The same writer, which also notes what it accepts. */
function noting(writer: Pick<UsageWriter, 'write'>, accepted: UsageEventEntry[]): UsageWriter {
  return {
    async write(entries) {
      const outcomes = await writer.write(entries);
      accepted.push(...entries.filter((_, n) => outcomes[n] === 'accepted'));
      return outcomes;
    },
  };
}

/** Before the events, so that none of them is ever without its reason; an attempt that fails says so by its count. */
async function note(
  deps: BackfillUsageDeps,
  request: BackfillUsageRequest,
  { id, accepted }: { id: string; accepted: readonly UsageEventEntry[] },
): Promise<void> {
  const { actor, organizationId, reason, events } = request;
  const [occurredFrom] = accepted
    .map(({ draft }) => draft.occurredAt)
    .toSorted((a, b) => a.getTime() - b.getTime());
  const at = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async ({ audit, usageBackfills, usageReopenings }) => {
    await usageBackfills.open(organizationId, { id, reason, at });
    if (occurredFrom !== undefined) {
      await usageReopenings.note(organizationId, { occurredFrom, notedAt: at });
    }
    await audit.append({
      organizationId,
      actor,
      action: 'usage.backfilled',
      target: { kind: 'usage_backfill', id },
      reason,
      after: { sent: events.length, new: accepted.length },
    });
  });
}
