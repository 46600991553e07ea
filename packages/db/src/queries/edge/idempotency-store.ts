import type { OrganizationId } from '@metergate/core';
import type { PrismaClient } from '../../generated/client.ts';
import { withOrganization } from '../../unit-of-work.ts';

export interface IdempotentAnswer {
  status: number;
  body: unknown;
}

export type IdempotencyClaim =
  | { state: 'claimed' }
  | { state: 'running'; route: string; requestHash: Uint8Array }
  | { state: 'answered'; route: string; requestHash: Uint8Array; answer: IdempotentAnswer };

interface KeyRow {
  route: string;
  requestHash: Uint8Array;
  statusCode: number | null;
  response: unknown;
}

/** A claim without an answer for this long belongs to a process that died. */
const ABANDONED_AFTER_MS = 60_000;

/** First answers of repeated commands. Use `database.prisma.app`; each call is a transaction of its own. */
export function createIdempotencyStore(prisma: PrismaClient) {
  return {
    /** Insert-or-look: exactly one of several callers gets `claimed`. */
    claim(
      organizationId: OrganizationId,
      claim: { key: string; route: string; requestHash: Uint8Array; now: Date },
    ): Promise<IdempotencyClaim> {
      const hash = Buffer.from(claim.requestHash);
      const abandonedBefore = new Date(claim.now.getTime() - ABANDONED_AFTER_MS);
      return withOrganization(prisma, organizationId, async (tx) => {
        const taken = await tx.$executeRaw`
          insert into idempotency_keys as known (organization_id, key, route, request_hash, created_at)
          values (${organizationId}::uuid, ${claim.key}, ${claim.route}, ${hash}, ${claim.now})
          on conflict (organization_id, key) do update set created_at = excluded.created_at
            where known.status_code is null and known.created_at < ${abandonedBefore}
              and known.route = excluded.route and known.request_hash = excluded.request_hash`;
        if (taken === 1) return { state: 'claimed' };
        const rows = await tx.$queryRaw<KeyRow[]>`
          select route, request_hash as "requestHash", status_code as "statusCode", response
            from idempotency_keys where organization_id = ${organizationId}::uuid and key = ${claim.key}`;
        const [row] = rows;
        // Released between the two statements: the caller is told to repeat.
        if (row === undefined)
          return { state: 'running', route: claim.route, requestHash: claim.requestHash };
        const { route, requestHash, statusCode } = row;
        if (statusCode === null) return { state: 'running', route, requestHash };
        return { state: 'answered', route, requestHash, answer: { status: statusCode, body: row.response } };
      });
    },

    async complete(organizationId: OrganizationId, key: string, answer: IdempotentAnswer): Promise<void> {
      await withOrganization(
        prisma,
        organizationId,
        (tx) => tx.$executeRaw`
          update idempotency_keys set status_code = ${answer.status}, response = ${JSON.stringify(answer.body)}::jsonb
           where organization_id = ${organizationId}::uuid and key = ${key}`,
      );
    },

    async release(organizationId: OrganizationId, key: string): Promise<void> {
      await withOrganization(
        prisma,
        organizationId,
        (tx) => tx.$executeRaw`
          delete from idempotency_keys
           where organization_id = ${organizationId}::uuid and key = ${key} and status_code is null`,
      );
    },
  };
}
