import { z } from 'zod';
import type { OrganizationId } from '../../shared/ids.ts';
import { instantSchema } from '../../shared/view.schemas.ts';
import { spanOf } from '../../usage/reading/reading-span.ts';
import { seriesWindows } from '../../usage/reading/series-windows.ts';
import type { ReadCostDaysDeps } from './cost-days.ports.ts';

const shownMs = 30 * 86_400_000;

export const costDaysQuerySchema = z.object({
  /** Default: thirty days until now. */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});
export const costDaysViewSchema = z.object({
  timeZone: z.string(),
  days: z.array(
    z.object({
      /** The local date, as the organization's calendar had it. */
      day: z.string(),
      endedAt: instantSchema,
      takenAt: instantSchema,
      currency: z.string(),
      recurringMinor: z.string(),
      usageMinor: z.string(),
      /** Both together: what the running periods had cost so far. */
      toDateMinor: z.string(),
    }),
  ),
});
export type CostDaysView = z.infer<typeof costDaysViewSchema>;

/**
 * The cost so far at the end of each local day, as it stood then; usage that came late and corrections are in the days
 * that had not ended yet when they came. @throws SPAN_INVALID, SPAN_TOO_LONG, INSTANT_INVALID
 */
export async function readCostDays(
  deps: ReadCostDaysDeps,
  { organizationId, input }: { organizationId: OrganizationId; input: z.infer<typeof costDaysQuerySchema> },
): Promise<CostDaysView> {
  const now = deps.clock.now();
  const { facts } = await deps.entitlements.snapshotOf(organizationId);
  const span = spanOf(input, { start: new Date(now.getTime() - shownMs), end: now });
  // Asked for its bound alone, which is that of every other series.
  seriesWindows(span, 'day', facts.timeZone);
  const days = await deps.unitOfWork.run(organizationId, ({ costDays }) =>
    costDays.list(organizationId, { after: span.start, until: span.end }),
  );
  return {
    timeZone: facts.timeZone,
    days: days.map(({ day, endedAt, takenAt, currency, recurringMinor, usageMinor }) => ({
      day,
      endedAt: endedAt.toISOString(),
      takenAt: takenAt.toISOString(),
      currency,
      recurringMinor: recurringMinor.toString(),
      usageMinor: usageMinor.toString(),
      toDateMinor: (recurringMinor + usageMinor).toString(),
    })),
  };
}
