import type { AlertRepository, FiredAlert } from '@metergate/core/limits/alerts/alerts.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createAlertRepository(tx: PrismaTransaction): AlertRepository {
  return {
    async rules(organizationId) {
      const rows = await tx.alertRule.findMany({ where: { organizationId } });
      return new Map(
        rows.map(({ feature, thresholds, recipients }) => [feature, { feature, thresholds, recipients }]),
      );
    },
    async putRule(organizationId, { feature, thresholds, recipients }) {
      const columns = { thresholds: [...thresholds], recipients: [...recipients] };
      await tx.alertRule.upsert({
        where: { organizationId_feature: { organizationId, feature } },
        create: { organizationId, feature, ...columns },
        update: columns,
      });
    },
    async record(organizationId, alert) {
      const { count } = await tx.alertFired.createMany({
        data: [{ organizationId, ...alert }],
        skipDuplicates: true,
      });
      return count === 1;
    },
    async latestFired(organizationId) {
      const rows = await tx.$queryRaw<FiredAlert[]>`
        select distinct on (feature) feature, window_start as "windowStart", threshold, fired_at as "firedAt"
          from alerts_fired where organization_id = ${organizationId}::uuid
         order by feature desc, window_start desc, threshold desc`;
      return new Map(rows.map((row) => [row.feature, row]));
    },
    async listFired(organizationId, limit) {
      const rows = await tx.alertFired.findMany({
        where: { organizationId },
        orderBy: [{ firedAt: 'desc' }, { threshold: 'desc' }],
        take: limit,
      });
      return rows.map(({ feature, windowStart, threshold, firedAt }) => ({
        feature,
        windowStart,
        threshold,
        firedAt,
      }));
    },
  };
}
