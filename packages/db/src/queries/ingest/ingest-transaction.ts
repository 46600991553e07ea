import type pg from 'pg';
import { databaseBusy } from '../../database.errors.ts';
import { counterLock, counterLockClass } from './counter-lock.ts';
import { isRetriable, isTimeout } from './database-failure.ts';

/** Called around the commit; the process may be killed there by a test. */
export interface CommitHooks {
  beforeCommit?: () => void;
  afterCommit?: () => void;
}

export interface IngestTransactionOptions {
  organizationIds: readonly string[];
  /**
   * `shared` = this transaction adds usage; `exclusive` = it computes a counter from stored usage and must not miss
   * what is being added at the same moment; `none` = neither.
   */
  counterLock: 'shared' | 'exclusive' | 'none';
  hooks?: CommitHooks;
}

type Work<T> = (client: pg.ClientBase, commit: () => Promise<void>) => Promise<T>;

const attemptsMax = 5;
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * One transaction of the ingest role that sees only the organizations named. Deadlocks, serialization failures and
 * broken connections run `work` again from the start, so it must have no effect outside the transaction. `work` may
 * send the commit itself, along with statements that end the transaction when something is wrong; otherwise it is sent
 * when `work` is done.
 */
export async function inIngestTransaction<T>(
  pool: pg.Pool,
  options: IngestTransactionOptions,
  work: Work<T>,
): Promise<T> {
  const begin = beginStatement(options);
  return await retried(() => runOnce(pool, { begin, hooks: options.hooks }, work));
}

/**
 * Again when the database or the connection could not help it; what is wrong in itself is told at once.
 * @throws DATABASE_BUSY when a lock or a row was not to be had in time
 */
export async function retried<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (isTimeout(error)) throw databaseBusy(error);
      if (attempt >= attemptsMax || !isRetriable(error)) throw error;
      await pause(2 ** attempt * 10);
    }
  }
}

async function runOnce<T>(
  pool: pg.Pool,
  setup: { begin: string; hooks: CommitHooks | undefined },
  work: Work<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let committed: Promise<pg.QueryResult> | undefined;
  const commit = async () => {
    setup.hooks?.beforeCommit?.();
    committed ??= client.query('commit');
    await committed;
  };
  try {
    const result = await together(client.query(setup.begin), work(client, commit));
    if (committed === undefined) await commit();
    await requireCommitted(committed);
    setup.hooks?.afterCommit?.();
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * The first statements of the work travel with the begin, because the connection does not wait for answers. Should
 * the begin fail, the server refuses what follows in that transaction, and the begin's own error is the one to tell.
 */
async function together<T>(begun: Promise<unknown>, work: Promise<T>): Promise<T> {
  const [begin, result] = await Promise.allSettled([begun, work]);
  if (begin.status === 'rejected') throw begin.reason;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/**
 * A transaction that a statement has broken answers a commit with a rollback, which is no error by itself. Asked last,
 * so that the error of the statement is the one that is told.
 */
async function requireCommitted(committed: Promise<pg.QueryResult> | undefined): Promise<void> {
  const { command } = (await committed) ?? {};
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
}

/** One round trip for begin, tenancy and locks; ids are checked because a simple query takes no parameters. */
function beginStatement(options: IngestTransactionOptions): string {
  const ids = options.organizationIds;
  if (!ids.every((id) => uuidPattern.test(id))) throw new Error('an organization id is a UUID');
  const context = `begin; select set_config('app.organization_ids', '${ids.join(',')}', true)`;
  if (options.counterLock === 'none') return context;
  const mode = options.counterLock === 'shared' ? '_shared' : '';
  const locks = [...new Set(ids.map((id) => counterLock(id).partition))].sort((a, b) => a - b);
  // Ascending order, so that two transactions never wait for each other in a circle.
  const calls = locks.map((lock) => `pg_advisory_xact_lock${mode}(${counterLockClass}, ${lock})`);
  return `${context}; select ${calls.join(', ')}`;
}

async function rollback(client: pg.ClientBase): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('rollback failed');
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
