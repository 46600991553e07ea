import type pg from 'pg';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A read-only transaction of one organization on one snapshot: figures read in it belong together. Questions that
 * take too long are cut, so that one reader cannot take the connections of all.
 */
export async function inReadingTransaction<T>(
  pool: pg.Pool,
  organizationId: string,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  if (!uuidPattern.test(organizationId)) throw new Error('an organization id is a UUID');
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      `begin isolation level repeatable read read only; set local statement_timeout = '5s';
       select set_config('app.organization_id', '${organizationId}', true)`,
    );
    return await work(client);
  } finally {
    try {
      await client.query('rollback');
    } catch (error) {
      broken = error instanceof Error ? error : new Error('rollback failed');
    }
    client.release(broken);
  }
}
