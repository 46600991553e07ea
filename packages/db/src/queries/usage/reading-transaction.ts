import type pg from 'pg';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * `by key`: every statement finds its rows by key, whatever its values are, so its plan is made once for each connection.
 * Making it took longer than carrying it out (measured: 2 to 5 ms of processor for a period of 30 days). `by value`:
 * what is asked decides how it is best found.
 */
export type Planning = 'by key' | 'by value';

const settingsOf: Record<Planning, readonly (readonly [string, string])[]> = {
  // As for the usage path: a plan made while the table was empty must not read it whole from then on.
  'by key': [
    ['plan_cache_mode', 'force_generic_plan'],
    ['enable_seqscan', 'off'],
    ['jit', 'off'],
    // Starting workers takes longer than reading the few thousand rows that lie under a key.
    ['max_parallel_workers_per_gather', '0'],
  ],
  'by value': [],
};

/**
 * A read-only transaction of one organization on one snapshot: figures read in it belong together. Questions that
 * take too long are cut, so that one reader cannot take the connections of all.
 */
export async function inReadingTransaction<T>(
  pool: pg.Pool,
  { organizationId, planning = 'by value' }: { organizationId: string; planning?: Planning },
  work: (client: pg.ClientBase, snapshotId: string) => Promise<T>,
): Promise<T> {
  const begin = beginStatement(organizationId, planning);
  const client = await pool.connect();
  try {
    const begun: pg.QueryResult | pg.QueryResult[] = await client.query(begin);
    return await work(client, String([begun].flat().at(-1)?.rows[0]?.snapshot ?? ''));
  } finally {
    // The answer does not wait for the end of a transaction that changed nothing; the connection does.
    client.query('rollback').then(
      () => client.release(),
      (error: unknown) => client.release(error instanceof Error ? error : true),
    );
  }
}

/** One round trip; the id is checked because a simple query takes no parameters. */
function beginStatement(organizationId: string, planning: Planning): string {
  if (!uuidPattern.test(organizationId)) throw new Error('an organization id is a UUID');
  const settings = [
    ['app.organization_id', organizationId],
    ['statement_timeout', '5s'],
    ...settingsOf[planning],
  ].map(([name, value]) => `set_config('${name}', '${value}', true)`);
  return `begin isolation level repeatable read read only;
          select pg_current_snapshot()::text as snapshot, ${settings.join(', ')}`;
}
