import { asId, type MemberRepository, type MemberWithPerson } from '@metergate/core';
import { memberRoleSchema } from '@metergate/core/organizations/organizations.schemas';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createMemberRepository(tx: PrismaTransaction): MemberRepository {
  const withPeople = async (
    rows: { organizationId: string; userId: string; role: string; createdAt: Date }[],
  ) => {
    const people = await tx.user.findMany({
      where: { id: { in: rows.map((row) => row.userId) } },
      select: { id: true, name: true, email: true },
    });
    const byId = new Map(people.map((person) => [person.id, person]));
    return rows.map(
      (row): MemberWithPerson => ({
        organizationId: asId('organization', row.organizationId),
        userId: row.userId,
        role: memberRoleSchema.parse(row.role),
        joinedAt: row.createdAt,
        name: byId.get(row.userId)?.name ?? '',
        email: byId.get(row.userId)?.email ?? '',
      }),
    );
  };
  return {
    async list(organizationId) {
      return withPeople(
        await tx.member.findMany({ where: { organizationId }, orderBy: { createdAt: 'asc' } }),
      );
    },
    async find(organizationId, userId) {
      const row = await tx.member.findUnique({
        where: { organizationId_userId: { organizationId, userId } },
      });
      return row === null ? undefined : (await withPeople([row]))[0];
    },
    async insert({ organizationId, userId, role, joinedAt }) {
      await tx.member.create({ data: { organizationId, userId, role, createdAt: joinedAt } });
    },
    async changeRole(organizationId, userId, role) {
      await tx.member.update({
        where: { organizationId_userId: { organizationId, userId } },
        data: { role },
      });
    },
    async remove(organizationId, userId) {
      await tx.member.delete({ where: { organizationId_userId: { organizationId, userId } } });
    },
  };
}
