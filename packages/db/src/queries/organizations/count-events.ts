import type { OrganizationId } from '@metergate/core';
import type { PrismaClient } from '../../generated/client.ts';
import { withOrganization } from '../../unit-of-work.ts';

/** How many of Stripe's events about the organization are done and how many are not. Use `database.prisma.app`. */
export function countEvents(
  prisma: PrismaClient,
  organizationId: OrganizationId,
): Promise<{ processed: number; open: number }> {
  return withOrganization(prisma, organizationId, async (tx) => {
    const counts = await tx.inboundEvent.groupBy({
      by: ['status'],
      where: { organizationId },
      _count: { _all: true },
    });
    const total = (statuses: readonly string[]) =>
      counts
        .filter(({ status }) => statuses.includes(status))
        .reduce((sum, { _count }) => sum + _count._all, 0);
    return {
      processed: total(['processed', 'ignored']),
      open: total(['received', 'processing', 'failed', 'dead', 'parked']),
    };
  });
}
