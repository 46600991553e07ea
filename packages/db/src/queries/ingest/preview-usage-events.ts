import type { UsageWriteOutcome } from '@metergate/core/usage/usage.ports';
import type pg from 'pg';
import { inIngestTransaction } from './ingest-transaction.ts';
import type { UsageRow } from './usage-row.ts';

/** What storing these rows would answer now; nothing is written. */
export async function previewUsageEvents(
  pool: pg.Pool,
  rows: readonly UsageRow[],
): Promise<UsageWriteOutcome[]> {
  const organizationIds = [...new Set(rows.map(({ organizationId }) => organizationId))];
  const stored = await inIngestTransaction(pool, { organizationIds, counterLock: 'none' }, (client) =>
    client.query<{ key: string; hash: string }>(
      `select organization_id || ' ' || id as key, encode(payload_hash, 'hex') as hash from usage_events
        where organization_id = any($1::uuid[]) and id = any($2::text[])
       union all
       select organization_id || ' ' || id, encode(payload_hash, 'hex') from retired_usage_events
        where organization_id = any($1::uuid[]) and id = any($2::text[])`,
      [organizationIds, rows.map(({ id }) => id)],
    ),
  );
  const hashes = new Map(stored.rows.map(({ key, hash }) => [key, hash]));
  return rows.map((row) => {
    const key = `${row.organizationId} ${row.id}`;
    const known = hashes.get(key);
    hashes.set(key, known ?? row.payloadHash);
    if (known === undefined) return 'accepted';
    return known === row.payloadHash ? 'duplicate' : 'id_reused';
  });
}
