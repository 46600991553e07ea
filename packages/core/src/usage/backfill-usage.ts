import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type OrganizationId, toPublicId } from '../shared/ids.ts';
import { addQuantities, type Quantity } from '../shared/money/quantity.ts';
import type { Period } from '../shared/time/period.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { UsageReader } from './reading/usage-reading.ports.ts';
import type { UsageTermsReader } from './reading/usage-terms.ts';
import { type RecordUsageDeps, recordUsage } from './record-usage.ts';
import { correctionReasonMissing } from './usage.errors.ts';
import type { UsageWriter } from './usage.ports.ts';
import type { RecordUsageAnswer } from './usage.schemas.ts';
import { counterDelta, type MeterAggregation, type UsageEventEntry } from './usage-event.ts';
import type { UsageReopenings } from './usage-reopenings.ports.ts';

export interface BackfillUsageDeps extends RecordUsageDeps {
  /** Answers what a write would answer, and writes nothing. */
  preview: Pick<UsageWriter, 'write'>;
  terms: UsageTermsReader;
  reader: Pick<UsageReader, 'totals'>;
  unitOfWork: UnitOfWork<{ audit: AuditLog; usageReopenings: UsageReopenings }>;
}

export interface BackfillUsageRequest {
  actor: Extract<Actor, { kind: 'api_key' }>;
  organizationId: OrganizationId;
  events: readonly unknown[];
  reason: string;
  isDryRun: boolean;
}

export interface BackfilledPeriod {
  meter: string;
  start: string;
  end: string;
  /** Has ended: what is added comes as an adjustment on the next invoice. */
  isClosed: boolean;
  before: Quantity;
  /** null in a preview of a meter whose total is no plain sum. */
  after: Quantity | null;
}

export type BackfillAnswer = RecordUsageAnswer & { dryRun: boolean; periods: BackfilledPeriod[] };

/**
 * Records usage of any age, with the totals of every period it touches before and after. A dry run answers the same
 * and stores nothing. Safe to repeat like every intake: what is stored already is a duplicate.
 * @throws REASON_MISSING
 */
export async function backfillUsage(
  deps: BackfillUsageDeps,
  request: BackfillUsageRequest,
): Promise<BackfillAnswer> {
  if (request.reason.trim().length < 3) throw correctionReasonMissing();
  const accepted: UsageEventEntry[] = [];
  const previewed = await record({ ...deps, writer: noting(deps.preview, accepted) }, request);
  const spans = await spansOf(deps, request.organizationId, accepted);
  const before = await deps.reader.totals(request.organizationId, spans);
  if (request.isDryRun) {
    const periods = spans.map((span, n) => {
      const total = before.totals[n] ?? '0';
      return toPeriod(deps, span, { before: total, after: totalAfter(span, total) });
    });
    return { ...previewed, dryRun: true, periods };
  }
  await note(deps, request, accepted);
  const recorded = await record(deps, request);
  const after = await deps.reader.totals(request.organizationId, spans);
  const periods = spans.map((span, n) =>
    toPeriod(deps, span, { before: before.totals[n] ?? '0', after: after.totals[n] ?? '0' }),
  );
  return { ...recorded, dryRun: false, periods };
}

function record(deps: RecordUsageDeps, request: BackfillUsageRequest): Promise<RecordUsageAnswer> {
  const { organizationId, events } = request;
  return recordUsage(
    { ...deps, rejectedEvents: request.isDryRun ? { keep: async () => undefined } : deps.rejectedEvents },
    {
      // Confined to the one organization that was named, so that its reason cannot cover others.
      actor: { ...request.actor, organizationId },
      events,
      source: 'backfill',
      defaultOrganization: toPublicId('organization', organizationId),
    },
  );
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

interface TouchedSpan {
  meter: string;
  aggregation: MeterAggregation;
  period: Period;
  /** null when the total is no plain sum. */
  added: Quantity | null;
}

async function spansOf(
  deps: BackfillUsageDeps,
  organizationId: OrganizationId,
  entries: readonly UsageEventEntry[],
): Promise<TouchedSpan[]> {
  const spans = new Map<string, TouchedSpan>();
  for (const { draft, aggregation } of entries) {
    const { meters } = await deps.terms.termsOf(organizationId, draft.occurredAt);
    const period = meters.find(({ meter }) => meter.key === draft.meter)?.period;
    if (period === undefined) continue;
    const key = `${draft.meter} ${period.start.toISOString()}`;
    const known = spans.get(key);
    const delta = counterDelta(aggregation, draft.quantity);
    const added = delta === null ? null : addQuantities(known?.added ?? '0', delta);
    spans.set(key, { meter: draft.meter, aggregation, period, added });
  }
  return [...spans.values()];
}

function totalAfter({ added }: TouchedSpan, before: Quantity): Quantity | null {
  return added === null ? null : addQuantities(before, added);
}

function toPeriod(
  deps: BackfillUsageDeps,
  { meter, period }: TouchedSpan,
  totals: { before: Quantity; after: Quantity | null },
): BackfilledPeriod {
  const isClosed = period.end <= deps.clock.now();
  return { meter, start: period.start.toISOString(), end: period.end.toISOString(), isClosed, ...totals };
}

/** Before the events, so that none of them is ever without its reason; an attempt that fails says so by its count. */
async function note(
  deps: BackfillUsageDeps,
  request: BackfillUsageRequest,
  accepted: readonly UsageEventEntry[],
): Promise<void> {
  const { actor, organizationId, reason, events } = request;
  const [occurredFrom] = accepted
    .map(({ draft }) => draft.occurredAt)
    .toSorted((a, b) => a.getTime() - b.getTime());
  await deps.unitOfWork.run(organizationId, async ({ audit, usageReopenings }) => {
    if (occurredFrom !== undefined) {
      await usageReopenings.note(organizationId, { occurredFrom, notedAt: deps.clock.now() });
    }
    await audit.append({
      organizationId,
      actor,
      action: 'usage.backfilled',
      target: { kind: 'organization', id: toPublicId('organization', organizationId) },
      reason,
      after: { sent: events.length, new: accepted.length },
    });
  });
}
