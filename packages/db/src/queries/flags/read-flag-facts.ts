import { type FlagFacts, isLive, notFound, type OrganizationId } from '@metergate/core';
import { subscriptionStatusSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { PrismaTransaction } from '../../prisma-transaction.ts';
import { fromFlagOverrideRow, fromFlagRow } from '../../repositories/flag.mapping.ts';

/** What all flags of one organization are evaluated from, inside its transaction: four queries. */
export async function readFlagFacts(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
): Promise<FlagFacts> {
  const flags = await tx.flag.findMany({ orderBy: { key: 'asc' } });
  const overrides = await tx.flagOverride.findMany({ where: { organizationId } });
  const subscriptions = await tx.subscription.findMany({
    where: { organizationId },
    select: { family: true, plan: true, status: true },
  });
  const organization = await tx.organization.findUnique({ where: { id: organizationId } });
  if (organization === null) throw notFound('organization');
  const { currency, country, createdAt } = organization;
  const live = subscriptions.filter(({ status }) => isLive(subscriptionStatusSchema.parse(status)));
  return {
    flags: flags.map(fromFlagRow),
    overrides: new Map(overrides.map((row) => [row.flagKey, fromFlagOverrideRow(row)])),
    subject: {
      organizationId,
      plans: new Map(live.map(({ family, plan }) => [family, plan])),
      currency,
      country,
      createdAt,
    },
  };
}
