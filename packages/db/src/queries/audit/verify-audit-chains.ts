import type pg from 'pg';
import { verifyAuditChain } from '../../audit/verify-audit-chain.ts';

export interface AuditChainsVerdict {
  valid: boolean;
  chains: number;
  rows: number;
  /** `<chain id>:<sequence>` of the first entry that does not follow; null = all do. */
  firstBad: string | null;
}

/** Recomputes every chain. A chain without its head counts as damaged. Use `database.platform`. */
export async function verifyAuditChains(pool: pg.Pool): Promise<AuditChainsVerdict> {
  const { rows: chains } = await pool.query<{ chain_id: string }>(
    'select chain_id from audit_heads union select distinct chain_id from audit_log order by chain_id',
  );
  const verdict: AuditChainsVerdict = { valid: true, chains: chains.length, rows: 0, firstBad: null };
  for (const { chain_id: chainId } of chains) {
    const one = await verifyAuditChain(pool, chainId);
    if (one.intact) verdict.rows += Number(one.length);
    else {
      verdict.valid = false;
      verdict.firstBad ??= `${chainId}:${one.firstBadSequence}`;
    }
  }
  return verdict;
}
