import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { UsageReader } from '../reading/usage-reading.ports.ts';
import type { MeterTerms, UsageTermsReader } from '../reading/usage-terms.ts';
import type { AnomalyTx, StoredAnomaly } from './anomalies.ports.ts';
import { anomalyMail } from './anomaly-mail.ts';
import { detectAnomaly, hoursKnownMax, type UsageHour } from './detect-anomaly.ts';

export interface NoticeAnomaliesDeps {
  clock: Clock;
  terms: UsageTermsReader;
  reader: Pick<UsageReader, 'series'>;
  unitOfWork: UnitOfWork<AnomalyTx>;
}

const hourMs = 3_600_000;
/** What goes on is one anomaly: after it was told, a day passes before the same is told again. */
const quietMs = 24 * hourMs;
/** Reports come in a little late; the hour that has just ended is looked at in the next run. */
const settlingMs = 15 * 60_000;

/**
 * Looks at the latest whole hours of every meter of an organization and records and mails what is far from its own
 * habit, once while it lasts. Safe to repeat. Answers how many were new.
 */
export async function noticeAnomalies(
  deps: NoticeAnomaliesDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<number> {
  const now = deps.clock.now();
  const end = new Date(Math.floor((now.getTime() - settlingMs) / hourMs) * hourMs);
  const { meters } = await deps.terms.termsOf(organizationId, now);
  let count = 0;
  for (const terms of meters) {
    const hours = await readHours(deps, { organizationId, terms, end });
    const found = detectAnomaly(hours);
    if (found === null) continue;
    const { hours: span, ...anomaly } = found;
    const windowStart = new Date(end.getTime() - span * hourMs);
    const stored = { ...anomaly, meter: terms.meter.key, windowStart, windowEnd: end, detectedAt: now };
    if (await record(deps, { organizationId, terms, anomaly: stored })) count += 1;
  }
  return count;
}

/** Hours since the first use, oldest first. */
async function readHours(
  { reader }: NoticeAnomaliesDeps,
  { organizationId, terms, end }: { organizationId: OrganizationId; terms: MeterTerms; end: Date },
): Promise<UsageHour[]> {
  const { key: meter, aggregation } = terms.meter;
  // Levels and distinct counts of hours do not add up.
  if (aggregation !== 'sum' && aggregation !== 'count') return [];
  const windows = hourWindows(end);
  const events = await reader.series({ organizationId, meter, aggregation: 'count' }, windows);
  const first = events.findIndex((count) => count !== '0');
  if (first === -1) return [];
  const quantities =
    aggregation === 'count' ? events : await reader.series({ organizationId, meter, aggregation }, windows);
  return quantities.map((quantity, n) => ({ quantity, events: Number(events[n] ?? '0') })).slice(first);
}

function hourWindows(end: Date): Period[] {
  return Array.from({ length: hoursKnownMax }, (_, n) => {
    const start = end.getTime() - (hoursKnownMax - n) * hourMs;
    return { start: new Date(start), end: new Date(start + hourMs) };
  });
}

async function record(
  deps: NoticeAnomaliesDeps,
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
