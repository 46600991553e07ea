import { asId, type Id, type OrganizationId, toPublicId } from '@metergate/core';
import type { AdminCaseRow } from '@metergate/core/payments/cases/case.schemas';
import { toCaseView } from '@metergate/core/payments/cases/case-view';
import type { PrismaClient } from '../../generated/client.ts';
import { caseFromRow } from '../../repositories/case.repository.ts';
import { decodeCursor, encodeCursor, instantPosition } from '../cursor.ts';

const listName = 'cases';

/** Of all organizations, newest first. Use `database.prisma.platform`. @throws CURSOR_INVALID */
export async function listCases(
  prisma: PrismaClient,
  query: { status?: 'open' | 'credited' | 'refused' | undefined; limit: number; cursor?: string | undefined },
): Promise<{ items: AdminCaseRow[]; nextCursor: string | null }> {
  const [ms, id] = decodeCursor(listName, query.cursor, instantPosition)?.split('.') ?? [];
  const openedAt = new Date(Number(ms));
  const rows = await prisma.dispute.findMany({
    where: {
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(id === undefined ? {} : { OR: [{ openedAt: { lt: openedAt } }, { openedAt, id: { lt: id } }] }),
    },
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return {
    items: await withNames(prisma, page),
    nextCursor: hasMore ? encodeCursor(listName, `${last.openedAt.getTime()}.${last.id}`) : null,
  };
}

export async function findCase(
  prisma: PrismaClient,
  id: Id<'dispute'>,
): Promise<{ organizationId: OrganizationId; row: AdminCaseRow } | null> {
  const found = await prisma.dispute.findFirst({ where: { id } });
  if (found === null) return null;
  const [row] = await withNames(prisma, [found]);
  return row === undefined ? null : { organizationId: asId('organization', found.organizationId), row };
}

/** Three more queries for any number of rows. */
async function withNames(
  prisma: PrismaClient,
  rows: Parameters<typeof caseFromRow>[0][],
): Promise<AdminCaseRow[]> {
  const ids = (key: 'organizationId' | 'invoiceId' | 'lineId') => ({ in: rows.map((row) => row[key]) });
  const organizations = await prisma.organization.findMany({ where: { id: ids('organizationId') } });
  const invoices = await prisma.invoice.findMany({ where: { id: ids('invoiceId') } });
  const lines = await prisma.invoiceLine.findMany({ where: { id: ids('lineId') } });
  return rows.map((row) => {
    const organization = organizations.find(({ id }) => id === row.organizationId);
    const line = lines.find(({ id }) => id === row.lineId);
    return {
      ...toCaseView(caseFromRow(row)),
      organization: {
        id: toPublicId('organization', row.organizationId),
        name: organization?.name ?? '',
        slug: organization?.slug ?? '',
      },
      invoiceNumber: invoices.find(({ id }) => id === row.invoiceId)?.number ?? null,
      lineDescription: line?.description ?? '',
      lineAmountMinor: (line?.amountMinor ?? 0n).toString(),
      currency: line?.currency ?? organization?.currency ?? '',
      resolvedBy: row.resolvedBy,
    };
  });
}
