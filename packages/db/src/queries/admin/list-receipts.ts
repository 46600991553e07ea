import type { OrganizationId, Page, PageQuery } from '@metergate/core';
import type { PrismaClient } from '../../generated/client.ts';
import { decodeCursor, encodeCursor, instantPosition } from '../cursor.ts';

export interface ReceiptRecord {
  id: string;
  at: Date;
  feature: string;
  operation: string;
  decision: string;
  reason: string | null;
  quantity: string;
  used: string;
  reserved: string;
  /** null = unlimited. */
  limit: string | null;
  planVersion: string | null;
  /** Whose work it was; a client that is gone keeps its id. */
  client: { id: string; name: string } | null;
  subject: string | null;
  evidence: unknown;
}

/** Why limits were decided as they were, newest first. Use `database.prisma.platform`. */
export async function listReceipts(
  prisma: PrismaClient,
  organizationId: OrganizationId,
  filter: PageQuery & { feature?: string | undefined; receiptId?: string | undefined },
): Promise<Page<ReceiptRecord>> {
  const rows = await prisma.decisionReceipt.findMany({
    where: {
      organizationId,
      ...(filter.feature === undefined ? {} : { feature: filter.feature }),
      ...(filter.receiptId === undefined ? {} : { id: filter.receiptId }),
      ...before(decodeCursor('receipts', filter.cursor, instantPosition)),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
  });
  const shown = rows.slice(0, filter.limit);
  const last = shown.at(-1);
  const names = await clientNames(
    prisma,
    organizationId,
    shown.flatMap(({ clientId }) => clientId ?? []),
  );
  return {
    items: shown.map(({ quantity, used, reserved, limitQuantity, clientId, ...row }) => ({
      ...row,
      client: clientId === null ? null : { id: clientId, name: names.get(clientId) ?? clientId },
      quantity: quantity.toFixed(),
      used: used.toFixed(),
      reserved: reserved.toFixed(),
      limit: limitQuantity?.toFixed() ?? null,
    })),
    nextCursor:
      rows.length > filter.limit && last !== undefined
        ? encodeCursor('receipts', `${last.at.getTime()}.${last.id}`)
        : null,
  };
}

async function clientNames(
  prisma: PrismaClient,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await prisma.client.findMany({
    where: { organizationId, id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function before(position: string | undefined) {
  if (position === undefined) return {};
  const [milliseconds = '', id = ''] = position.split('.');
  const at = new Date(Number(milliseconds));
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}
