import type { Actor, AuditRecord, OrganizationId, Page, PageQuery } from '@metergate/core';
import type { AuditLogEntry } from '../../generated/client.ts';
import type { PrismaTransaction } from '../../prisma-transaction.ts';
import { decodeCursor, encodeCursor, instantPosition } from '../cursor.ts';

export interface AuditFilter extends PageQuery {
  organizationId?: OrganizationId | undefined;
  /** Exact, or a beginning such as `member.`. */
  action?: string | undefined;
}

/**
 * Entries of the audit log, newest first, of all chains that the transaction's role sees. Two queries, whatever
 * the page.
 */
export async function listAudit(tx: PrismaTransaction, filter: AuditFilter): Promise<Page<AuditRecord>> {
  const rows = await tx.auditLogEntry.findMany({
    where: {
      ...(filter.organizationId === undefined ? {} : { organizationId: filter.organizationId }),
      ...(filter.action === undefined ? {} : { action: { startsWith: filter.action } }),
      ...before(decodeCursor('audit', filter.cursor, instantPosition)),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
  });
  const shown = rows.slice(0, filter.limit);
  const slugs = await slugsOf(tx, shown);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => toRecord(row, slugs)),
    nextCursor:
      rows.length > filter.limit && last !== undefined
        ? encodeCursor('audit', `${last.at.getTime()}.${last.id}`)
        : null,
  };
}

function before(position: string | undefined) {
  if (position === undefined) return {};
  const [milliseconds = '', id = ''] = position.split('.');
  const at = new Date(Number(milliseconds));
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

async function slugsOf(tx: PrismaTransaction, rows: readonly AuditLogEntry[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(({ organizationId }) => organizationId ?? []))];
  const found = await tx.organization.findMany({
    where: { id: { in: ids } },
    select: { id: true, slug: true },
  });
  return new Map(found.map(({ id, slug }) => [id, slug]));
}

function toRecord(row: AuditLogEntry, slugs: ReadonlyMap<string, string>): AuditRecord {
  const { id, sequence, at, onBehalfOf, action, reason, before, after, requestId, organizationId } = row;
  return {
    id,
    sequence,
    at,
    // Written by the audit log from an Actor, and append-only since.
    actor: row.actor as unknown as Actor,
    onBehalfOf,
    action,
    target: { kind: row.targetKind, id: row.targetId },
    organization:
      organizationId === null ? null : { id: organizationId, slug: slugs.get(organizationId) ?? '' },
    reason,
    before,
    after,
    requestId,
  };
}
