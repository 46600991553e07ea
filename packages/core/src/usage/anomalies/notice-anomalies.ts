import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { lateFromOf } from '../reading/read-usage-parts.ts';
import type { UsageReader } from '../reading/usage-reading.ports.ts';
import type { MeterTerms, UsageTermsReader } from '../reading/usage-terms.ts';
import type { AnomalyTx, MeterHabit, StoredAnomaly, UsageHabits } from './anomalies.ports.ts';
import { anomalyMail } from './anomaly-mail.ts';
import { type Anomaly, detectAnomaly, hoursKnownMin, type UsageHour } from './detect-anomaly.ts';

export interface NoticeAnomaliesDeps {
  clock: Clock;
  terms: UsageTermsReader;
  habits: UsageHabits;
  reader: Pick<UsageReader, 'parts'>;
  unitOfWork: UnitOfWork<AnomalyTx>;
}

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
/** What goes on is one anomaly: after it was told, a day passes before the same is told again. */
const quietMs = 24 * hourMs;
/** Reports come in a little late; the hour that has just ended is looked at in the next run. */
const settlingMs = 15 * 60_000;

/** Meters of one organization whose latest hours are unusual, if what they add up is what is charged. */
export interface UnusualUsage {
  organizationId: OrganizationId;
  habits: readonly MeterHabit[];
  end: Date;
}

/** Compares the latest whole hours of every meter of these organizations with their own habits, with one question. */
export async function findUnusualUsage(
  deps: Pick<NoticeAnomaliesDeps, 'clock' | 'habits'>,
  organizationIds: readonly OrganizationId[],
): Promise<UnusualUsage[]> {
  const end = new Date(Math.floor((deps.clock.now().getTime() - settlingMs) / hourMs) * hourMs);
  const known = await deps.habits.read(organizationIds, end);
  return [...known].flatMap(([organizationId, habits]) => {
    const unusual = habits.filter(
      (habit) => anomalyOf(habit, 'sum') !== null || anomalyOf(habit, 'count') !== null,
    );
    return unusual.length === 0 ? [] : [{ organizationId, habits: unusual, end }];
  });
}

/** Records and mails what was found unusual, once while it lasts. Safe to repeat. Answers how many were new. */
export async function noticeAnomalies(
  deps: Omit<NoticeAnomaliesDeps, 'habits'>,
  { organizationId, habits, end }: UnusualUsage,
): Promise<number> {
  const now = deps.clock.now();
  const { meters } = await deps.terms.termsOf(organizationId, now);
  let count = 0;
  for (const terms of meters) {
    const { key, aggregation } = terms.meter;
    const habit = habits.find(({ meter }) => meter === key);
    // Levels and distinct counts of hours do not add up.
    if (habit === undefined || (aggregation !== 'sum' && aggregation !== 'count')) continue;
    const found = anomalyOf(habit, aggregation);
    if (found === null) continue;
    const { hours: span, ...anomaly } = found;
    const windowStart = new Date(end.getTime() - span * hourMs);
    const window = { start: windowStart, end };
    if (found.kind === 'silence' && (await isToBeExpected(deps, { organizationId, terms, window }))) continue;
    const stored = { ...anomaly, meter: key, windowStart, windowEnd: end, detectedAt: now };
    if (await record(deps, { organizationId, terms, anomaly: stored })) count += 1;
  }
  return count;
}

/**
 * Nothing comes from who may use nothing, and not yet from who reports hours later: a week before most of the same
 * hours came late as well.
 */
async function isToBeExpected(
  { reader }: Pick<NoticeAnomaliesDeps, 'reader'>,
  { organizationId, terms, window }: { organizationId: OrganizationId; terms: MeterTerms; window: Period },
): Promise<boolean> {
  if (!terms.isServed) return true;
  const weekBefore = (at: Date) => new Date(at.getTime() - weekMs);
  const period = { start: weekBefore(window.start), end: weekBefore(window.end) };
  const { key, aggregation } = terms.meter;
  const { parts } = await reader.parts(
    { organizationId, meter: key, aggregation },
    { period, lateFrom: lateFromOf(period.end) },
  );
  const countOf = (wanted: string) => parts.find(({ part }) => part === wanted)?.count ?? 0;
  return countOf('late') > countOf('reported');
}

function anomalyOf({ hoursKnown, hours }: MeterHabit, aggregation: 'sum' | 'count'): Anomaly | null {
  if (hoursKnown < hoursKnownMin) return null;
  const all = new Array<UsageHour>(hoursKnown).fill({ quantity: '0', events: 0 });
  for (const { back, quantity, events } of hours) {
    all[hoursKnown - 1 - back] = { quantity: aggregation === 'sum' ? quantity : String(events), events };
  }
  return detectAnomaly(all);
}

async function record(
  deps: Pick<NoticeAnomaliesDeps, 'unitOfWork'>,
  {
    organizationId,
    terms,
    anomaly,
  }: { organizationId: OrganizationId; terms: MeterTerms; anomaly: StoredAnomaly },
): Promise<boolean> {
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    const recent = await tx.anomalies.list(organizationId, new Date(anomaly.windowEnd.getTime() - quietMs));
    if (recent.some(({ meter, kind }) => meter === anomaly.meter && kind === anomaly.kind)) return false;
    if (!(await tx.anomalies.insert(organizationId, anomaly))) return false;
    const organization = await tx.organizations.find(organizationId);
    if (organization === undefined) return true;
    await tx.mail.add({
      organizationId,
      to: organization.email,
      template: 'usage_anomaly',
      ...anomalyMail({ ...anomaly, organizationName: organization.name, meterName: terms.meter.name }),
      dedupeKey: `usage-anomaly:${organizationId}:${anomaly.meter}:${anomaly.kind}:${anomaly.windowEnd.toISOString()}`,
      createdAt: anomaly.detectedAt,
    });
    return true;
  });
}
