import { asId, type IdSource, type OrganizationId } from '../../shared/ids.ts';
import type { ClassifiedDrift } from './classify-drift.ts';
import type { DriftFinding, DriftRepository } from './drift.ports.ts';
import type { DriftSource } from './drift.schemas.ts';

/**
 * Writes down what a comparison found, in its transaction. The same difference found again is the same finding, one
 * that is not found any more is gone. Answers the findings that a person must hear of: each once, and again only when
 * it has become another one.
 */
export async function recordDrift(
  tx: { drift: DriftRepository; ids: IdSource },
  organizationId: OrganizationId,
  run: {
    found: readonly ClassifiedDrift[];
    /** Every object that this run looked at. */
    looked: ReadonlySet<string>;
    source: DriftSource;
    now: Date;
    /** Whether this run made our copy equal. */
    isRepaired: (one: ClassifiedDrift) => boolean;
    /** The person behind the run; null = it was due. */
    by: { name: string; reason: string } | null;
  },
): Promise<DriftFinding[]> {
  const { found, looked, source, now, isRepaired, by } = run;
  const settled = { settledAt: now, settledBy: by?.name ?? null, reason: by?.reason ?? null };
  const known = await tx.drift.listUnsettled(organizationId);
  for (const finding of known) {
    const isStill = found.some((one) => isSame(one, finding));
    if (!isStill && looked.has(finding.object)) {
      await tx.drift.save(organizationId, { ...finding, status: 'gone', ...settled });
    }
  }
  const told: DriftFinding[] = [];
  for (const one of found) {
    const before = known.find((finding) => isSame(one, finding));
    const finding = before ?? newFinding(one, { id: tx.ids.next(), source, now });
    const seen = before === undefined ? finding : { ...finding, lastFoundAt: now, times: finding.times + 1 };
    await tx.drift.save(organizationId, isRepaired(one) ? { ...seen, status: 'repaired', ...settled } : seen);
    if (before === undefined && !isRepaired(one)) told.push(finding);
  }
  return told;
}

function newFinding(
  one: ClassifiedDrift,
  { id, source, now }: { id: string; source: DriftSource; now: Date },
): DriftFinding {
  return {
    ...one,
    id: asId('driftFinding', id),
    status: 'open',
    source,
    foundAt: now,
    lastFoundAt: now,
    times: 1,
    settledAt: null,
    settledBy: null,
    reason: null,
  };
}

function isSame(left: ClassifiedDrift, right: ClassifiedDrift): boolean {
  return left.object === right.object && left.kind === right.kind && textOf(left) === textOf(right);
}

function textOf({ fields }: ClassifiedDrift): string {
  return JSON.stringify(fields.map(({ field, local, remote }) => [field, local, remote]));
}
