import type { AuditEntry, AuditLog, Clock, IdSource, OrganizationId } from '@metergate/core';
import { Prisma } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { type AuditContent, genesisHash, hashOf, platformChainId } from './audit-row.ts';
import { toCanonicalValue } from './canonical-json.ts';

/**
 * Appends to the chain of one organization (or, with null, of the platform). The row lock on the chain's head
 * serialises appends until the transaction ends, so a chain cannot fork.
 */
export function createAuditLog(input: {
  tx: PrismaTransaction;
  organizationId: OrganizationId | null;
  clock: Clock;
  ids: IdSource;
}): AuditLog {
  const { tx, organizationId, clock, ids } = input;
  const chainId = organizationId ?? platformChainId;
  return {
    async append(entry) {
      if (entry.organizationId !== organizationId) {
        throw new Error(
          `audit entry of ${entry.organizationId ?? 'the platform'} in a transaction of ${chainId}`,
        );
      }
      const head = await lockHead(tx, chainId, organizationId);
      const content = toContent({
        entry,
        chainId,
        sequence: head.sequence + 1n,
        id: ids.next(),
        at: clock.now(),
      });
      await write(tx, content, head.hash);
    },
  };
}

interface Head {
  sequence: bigint;
  hash: Uint8Array;
}

async function lockHead(
  tx: PrismaTransaction,
  chainId: string,
  organizationId: string | null,
): Promise<Head> {
  const found = await selectHead(tx, chainId);
  if (found !== undefined) return found;
  await tx.$executeRaw`
    insert into audit_heads (chain_id, organization_id, sequence, hash)
    values (${chainId}, ${organizationId}::uuid, 0, ${genesisHash})
    on conflict do nothing`;
  const created = await selectHead(tx, chainId);
  if (created === undefined) throw new Error(`audit chain ${chainId} has no head`);
  return created;
}

async function selectHead(tx: PrismaTransaction, chainId: string): Promise<Head | undefined> {
  const rows = await tx.$queryRaw<Head[]>`
    select sequence, hash from audit_heads where chain_id = ${chainId} for update`;
  return rows[0];
}

function toContent(input: {
  entry: AuditEntry;
  chainId: string;
  sequence: bigint;
  id: string;
  at: Date;
}): AuditContent {
  const { entry, ...link } = input;
  return {
    ...link,
    organizationId: entry.organizationId,
    actor: toCanonicalValue(entry.actor),
    onBehalfOf: onBehalfOf(entry),
    action: entry.action,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    reason: entry.reason ?? null,
    before: toCanonicalValue(entry.before),
    after: toCanonicalValue(entry.after),
    requestId: entry.requestId ?? null,
  };
}

/** The member whose eyes staff borrow. */
function onBehalfOf({ actor }: AuditEntry): string | null {
  return actor.kind === 'member' && actor.viewAs !== undefined ? actor.userId : null;
}

async function write(tx: PrismaTransaction, content: AuditContent, previousHash: Uint8Array): Promise<void> {
  const hash = new Uint8Array(hashOf(previousHash, content));
  await tx.auditLogEntry.create({
    data: {
      ...content,
      actor: content.actor as Prisma.InputJsonValue,
      before: toJson(content.before),
      after: toJson(content.after),
      previousHash: new Uint8Array(previousHash),
      hash,
    },
    select: { sequence: true },
  });
  await tx.auditHead.update({
    where: { chainId: content.chainId },
    data: { sequence: content.sequence, hash },
    select: { sequence: true },
  });
}

function toJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}
