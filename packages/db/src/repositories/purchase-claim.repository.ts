import type { PurchaseClaimRepository } from '@metergate/core/payments/purchase/purchase.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createPurchaseClaimRepository(tx: PrismaTransaction): PurchaseClaimRepository {
  return {
    async claim(organizationId, { family, holder, now, leaseSeconds }) {
      const leaseUntil = new Date(now.getTime() + leaseSeconds * 1000);
      const rows = await tx.$queryRaw<{ attempt: number }[]>`
        insert into purchase_claims as held (organization_id, family, attempt, holder, lease_until)
        values (${organizationId}::uuid, ${family}, 1, ${holder}::uuid, ${leaseUntil})
        on conflict (organization_id, family) do update
          set attempt = held.attempt + 1, holder = excluded.holder, lease_until = excluded.lease_until
          where held.holder is null or held.lease_until <= ${now}
        returning attempt`;
      return rows[0]?.attempt ?? null;
    },
    async release(organizationId, { family, holder, isOpen }) {
      await tx.$executeRaw`
        update purchase_claims
        set holder = null, lease_until = null, attempt = attempt - case when ${isOpen}::boolean then 1 else 0 end
        where organization_id = ${organizationId}::uuid and family = ${family} and holder = ${holder}::uuid`;
    },
  };
}
