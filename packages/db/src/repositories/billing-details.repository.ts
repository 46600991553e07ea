import type { BillingDetailsRepository } from '@metergate/core/payments/details/details.ports';
import { billingDetailsSchema } from '@metergate/core/payments/details/details.schemas';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createBillingDetailsRepository(tx: PrismaTransaction): BillingDetailsRepository {
  return {
    async find(organizationId) {
      const row = await tx.billingDetails.findUnique({ where: { organizationId } });
      if (row === null) return null;
      const { legalName, email, country, taxIdKind, taxIdValue, revision, changedAt } = row;
      const { line1, line2, postalCode, city, region } = row;
      const address = country === null ? null : { line1, line2, postalCode, city, region, country };
      const taxId = taxIdKind === null ? null : { kind: taxIdKind, value: taxIdValue ?? '' };
      const content = billingDetailsSchema.parse({ legalName, email, address, taxId });
      return { ...content, revision, changedAt };
    },
    async save(organizationId, { legalName, email, address, taxId, revision, changedAt }) {
      const data = {
        organizationId,
        legalName,
        email,
        line1: address?.line1 ?? '',
        line2: address?.line2 ?? '',
        postalCode: address?.postalCode ?? '',
        city: address?.city ?? '',
        region: address?.region ?? '',
        country: address?.country ?? null,
        taxIdKind: taxId?.kind ?? null,
        taxIdValue: taxId?.value ?? null,
        revision,
        changedAt,
      };
      await tx.billingDetails.upsert({ where: { organizationId }, create: data, update: data });
    },
  };
}
