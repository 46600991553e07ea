import { asId, type ClientId, fromPublicId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';
import { inIngestTransaction } from './ingest-transaction.ts';

/** Clients by our id or by the platform's own; unknown and foreign references are absent from the answer. */
export async function findClients(
  pool: pg.Pool,
  organizationId: OrganizationId,
  references: readonly string[],
): Promise<Map<string, ClientId>> {
  const ids = new Map(references.map((reference) => [fromPublicId('client', reference), reference]));
  ids.delete(undefined);
  const scope = { organizationIds: [organizationId], counterLock: 'none' } as const;
  const { rows } = await inIngestTransaction(pool, scope, (client) =>
    client.query<{ id: string; external_id: string | null }>({
      name: 'find_clients',
      text: `select id, external_id from clients
              where organization_id = $1 and (id = any($2::uuid[]) or external_id = any($3::text[]))`,
      values: [organizationId, [...ids.keys()], references],
    }),
  );
  const wanted = new Set(references);
  const found = new Map<string, ClientId>();
  for (const row of rows) {
    const id = asId('client', row.id);
    const byId = ids.get(id);
    if (byId !== undefined) found.set(byId, id);
    if (row.external_id !== null && wanted.has(row.external_id)) found.set(row.external_id, id);
  }
  return found;
}
