import { asId, type Invitation, type InvitationRepository } from '@metergate/core';
import { memberRoleSchema } from '@metergate/core/organizations/organizations.schemas';
import type { Invitation as InvitationRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createInvitationRepository(tx: PrismaTransaction): InvitationRepository {
  return {
    async list(organizationId) {
      const rows = await tx.invitation.findMany({
        where: { organizationId },
        orderBy: { createdAt: 'desc' },
        take: 200,
      });
      return rows.map(fromRow);
    },
    async lockByTokenHash(organizationId, tokenHash) {
      const hash = Buffer.from(tokenHash);
      await tx.$executeRaw`
        select 1 from invitations where organization_id = ${organizationId}::uuid and token_hash = ${hash} for update`;
      const row = await tx.invitation.findFirst({ where: { organizationId, tokenHash: hash } });
      return row === null ? undefined : fromRow(row);
    },
    async find(organizationId, id) {
      const row = await tx.invitation.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? undefined : fromRow(row);
    },
    async insert(invitation) {
      await tx.invitation.create({ data: { ...invitation, tokenHash: Buffer.from(invitation.tokenHash) } });
    },
    async markAccepted(organizationId, id, acceptedAt) {
      await tx.invitation.update({
        where: { organizationId_id: { organizationId, id } },
        data: { acceptedAt },
      });
    },
    async markRevoked(organizationId, id, revokedAt) {
      await tx.invitation.update({
        where: { organizationId_id: { organizationId, id } },
        data: { revokedAt },
      });
    },
  };
}

function fromRow(row: InvitationRow): Invitation {
  return {
    ...row,
    id: asId('invitation', row.id),
    organizationId: asId('organization', row.organizationId),
    role: memberRoleSchema.parse(row.role),
  };
}
