import { asId, type FlagDetail, type FlagRecord, notFound } from '@metergate/core';
import type { PrismaTransaction } from '../../prisma-transaction.ts';
import { fromFlagHistoryRow, fromFlagOverrideRow, fromFlagRow } from '../../repositories/flag.mapping.ts';

const overridesMax = 500;
const historyMax = 100;

/** Every flag with the number of organizations that have an exception. Use `database.prisma.platform`. */
export async function listFlags(
  tx: PrismaTransaction,
): Promise<{ flag: FlagRecord; overrideCount: number }[]> {
  const rows = await tx.flag.findMany({
    orderBy: { key: 'asc' },
    include: { _count: { select: { overrides: true } } },
  });
  return rows.map(({ _count, ...row }) => ({ flag: fromFlagRow(row), overrideCount: _count.overrides }));
}

/** One flag with its exceptions (newest first, at most 500) and its last 100 versions. Use `database.prisma.platform`. */
export async function readFlag(tx: PrismaTransaction, key: string): Promise<FlagDetail> {
  const row = await tx.flag.findUnique({
    where: { key },
    include: { overrides: { orderBy: { createdAt: 'desc' }, take: overridesMax } },
  });
  if (row === null) throw notFound('flag');
  const { overrides, ...flag } = row;
  const organizations = await tx.organization.findMany({
    where: { id: { in: overrides.map(({ organizationId }) => organizationId) } },
    select: { id: true, slug: true, name: true },
  });
  const history = await tx.flagHistory.findMany({
    where: { flagKey: key },
    orderBy: { version: 'desc' },
    take: historyMax,
  });
  const names = new Map(
    organizations.map(({ id, slug, name }) => [asId('organization', id), { slug, name }]),
  );
  return {
    flag: fromFlagRow(flag),
    overrides: overrides.map(fromFlagOverrideRow).map((override) => ({
      ...override,
      organization: names.get(override.organizationId) ?? { slug: '', name: '' },
    })),
    history: history.map(fromFlagHistoryRow),
  };
}
