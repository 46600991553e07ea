import type pg from 'pg';
import { type AuditContent, genesisHash, hashOf } from './audit-row.ts';

export type AuditVerdict =
  | { intact: true; length: bigint }
  | {
      intact: false;
      /** Position of the first entry that does not follow from those before it. */
      firstBadSequence: bigint;
      problem: 'entry_changed' | 'entry_missing' | 'tail_cut' | 'head_changed';
    };

interface Row extends AuditContent {
  previousHash: Buffer;
  hash: Buffer;
}

const pageSize = 1000;

/**
 * Recomputes a whole chain (`organizationId` as text, or `platform`) and compares it with its head. Detects edited,
 * removed, inserted and reordered entries and a cut tail; not somebody who rewrites every later hash and the head.
 */
export async function verifyAuditChain(
  pool: pg.Pool | pg.ClientBase,
  chainId: string,
): Promise<AuditVerdict> {
  let expected = 1n;
  let previousHash: Uint8Array = genesisHash;
  for (;;) {
    const page = await readPage(pool, chainId, expected - 1n);
    for (const row of page) {
      if (row.sequence !== expected) {
        return { intact: false, firstBadSequence: expected, problem: 'entry_missing' };
      }
      const follows = row.previousHash.equals(previousHash) && row.hash.equals(hashOf(previousHash, row));
      if (!follows) return { intact: false, firstBadSequence: expected, problem: 'entry_changed' };
      previousHash = row.hash;
      expected += 1n;
    }
    if (page.length < pageSize)
      return compareWithHead(pool, chainId, { sequence: expected - 1n, hash: previousHash });
  }
}

async function compareWithHead(
  pool: pg.Pool | pg.ClientBase,
  chainId: string,
  last: { sequence: bigint; hash: Uint8Array },
): Promise<AuditVerdict> {
  const { rows } = await pool.query<{ sequence: string; hash: Buffer }>(
    'select sequence, hash from audit_heads where chain_id = $1',
    [chainId],
  );
  const head = rows[0];
  const headSequence = BigInt(head?.sequence ?? 0);
  if (headSequence > last.sequence) {
    return { intact: false, firstBadSequence: last.sequence + 1n, problem: 'tail_cut' };
  }
  if (headSequence < last.sequence || (head !== undefined && !head.hash.equals(last.hash))) {
    return { intact: false, firstBadSequence: headSequence + 1n, problem: 'head_changed' };
  }
  return { intact: true, length: last.sequence };
}

async function readPage(pool: pg.Pool | pg.ClientBase, chainId: string, after: bigint): Promise<Row[]> {
  const { rows } = await pool.query<Omit<Row, 'sequence'> & { sequence: string }>(
    `select chain_id as "chainId", sequence, organization_id as "organizationId", id, at, actor,
            on_behalf_of as "onBehalfOf", action, target_kind as "targetKind", target_id as "targetId",
            reason, before, after, request_id as "requestId", previous_hash as "previousHash", hash
       from audit_log where chain_id = $1 and sequence > $2 order by sequence limit ${pageSize}`,
    [chainId, after.toString()],
  );
  return rows.map((row) => ({ ...row, sequence: BigInt(row.sequence) }));
}
