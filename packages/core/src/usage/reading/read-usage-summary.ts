import type { z } from 'zod';
import type { OrganizationId } from '../../shared/ids.ts';
import type { usageSummaryViewSchema } from '../usage.schemas.ts';
import { forecastMeter } from './forecast.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';

/** Every meter's total of its current period, all as of one moment. */
export async function readUsageSummary(
  deps: UsageReadingDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<z.infer<typeof usageSummaryViewSchema>> {
  const now = deps.clock.now();
  const { meters } = await deps.terms.termsOf(organizationId, now);
  const { snapshotId, totals } = await deps.reader.totals(
    organizationId,
    meters.map(({ meter, period }) => ({ meter: meter.key, aggregation: meter.aggregation, period })),
  );
  return {
    snapshotId,
    asOf: now.toISOString(),
    meters: meters.map((terms, index) => {
      const { meter, family, period, included, onLimit } = terms;
      const used = totals[index] ?? '0';
      return {
        meter: meter.key,
        name: meter.name,
        unit: meter.unit,
        family,
        used,
        included,
        notInPlan: included === '0' && used === '0',
        onLimit,
        forecast: forecastMeter(terms, { period, now, used })?.total ?? null,
      };
    }),
  };
}
