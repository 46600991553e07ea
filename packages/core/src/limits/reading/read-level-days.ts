import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { decimalSchema, instantSchema } from '../../shared/view.schemas.ts';
import { spanOf } from '../../usage/reading/reading-span.ts';
import { seriesWindows } from '../../usage/reading/series-windows.ts';
import { grantOf } from '../limit-subject.ts';
import type { EntitlementReader } from '../limits.ports.ts';
import { requireAllocated } from '../set-gauge.ts';

const shownMs = 30 * 86_400_000;

export const levelDaysQuerySchema = z.object({
  /** Default: thirty days until now. */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});
export const levelDaysViewSchema = z.object({
  feature: z.string(),
  timeZone: z.string(),
  days: z.array(
    z.object({
      start: instantSchema,
      end: instantSchema,
      /** What it was when the day ended, or is until now. */
      level: decimalSchema,
    }),
  ),
});
export type LevelDaysView = z.infer<typeof levelDaysViewSchema>;

export interface LevelHistory {
  /** The level just before each instant, in order; 0 before the first report. */
  before(organizationId: OrganizationId, feature: string, instants: readonly Date[]): Promise<Quantity[]>;
}

export interface ReadLevelDaysDeps {
  clock: Clock;
  entitlements: EntitlementReader;
  unitOfWork: UnitOfWork<{ levelHistory: LevelHistory }>;
}

/**
 * A snapshot of a level for each local day, worked out from every change that was ever reported or counted, so a report
 * that came late counts on its own day. @throws FEATURE_UNKNOWN, FEATURE_NOT_ALLOCATED, SPAN_INVALID, SPAN_TOO_LONG
 */
export async function readLevelDays(
  deps: ReadLevelDaysDeps,
  request: { organizationId: OrganizationId; feature: string; input: z.infer<typeof levelDaysQuerySchema> },
): Promise<LevelDaysView> {
  const { organizationId, feature, input } = request;
  const now = deps.clock.now();
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  requireAllocated(grantOf(snapshot, feature));
  const span = spanOf(input, { start: new Date(now.getTime() - shownMs), end: now });
  const { timeZone } = snapshot.facts;
  const days = seriesWindows(span, 'day', timeZone);
  const levels = await deps.unitOfWork.run(organizationId, ({ levelHistory }) =>
    levelHistory.before(
      organizationId,
      feature,
      days.map(({ end }) => end),
    ),
  );
  return {
    feature,
    timeZone,
    days: days.map(({ start, end }, n) => ({
      start: start.toISOString(),
      end: end.toISOString(),
      level: levels[n] ?? '0',
    })),
  };
}
