import type { UsageReportLooks } from '@metergate/core/payments/report-usage/usage-report-looks.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

interface CueRow {
  id: bigint;
  due_at: Date | null;
  noted_at: Date | null;
}

export function createUsageReportLooks(tx: PrismaTransaction): UsageReportLooks {
  return {
    async begin(organizationId) {
      // The cues first: what is recorded after them is seen by this look or has left a cue that it does not delete.
      const cues = await tx.$queryRaw<CueRow[]>`
        select id, nullif(due_at, '-infinity') as due_at, nullif(noted_at, '-infinity') as noted_at
          from usage_report_cues where organization_id = ${organizationId}::uuid`;
      const last = await tx.usageReportLook.findUnique({ where: { organizationId } });
      return {
        meters: last?.meters ?? [],
        cues: cues.map((cue) => ({ id: cue.id, dueAt: cue.due_at, notedAt: cue.noted_at })),
      };
    },
    async finish(organizationId, { meters, dueAt, answered, again }) {
      const look = { meters: [...meters], dueAt };
      await tx.usageReportLook.upsert({
        where: { organizationId },
        create: { organizationId, ...look },
        update: look,
      });
      if (answered.length > 0) {
        await tx.usageReportCue.deleteMany({ where: { organizationId, id: { in: [...answered] } } });
      }
      if (again.length > 0) {
        await tx.usageReportCue.createMany({ data: again.map((cue) => ({ organizationId, ...cue })) });
      }
    },
  };
}
