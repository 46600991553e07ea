import pg from 'pg';
import { plainArray } from '../array-literal.ts';
import { counterLock, counterLockClass } from './counter-lock.ts';
import { type CommitHooks, retried } from './ingest-transaction.ts';
import { notAsForeseen } from './refuse-unless.ts';

/** Prepared once for each connection under its name. Values as PostgreSQL writes them. */
export interface Statement {
  name: string;
  text: string;
  values: string[];
}

/**
 * Runs statements that need no answer before the next of them as one transaction of the ingest role that adds usage:
 * everything leaves in one message, and the server commits at its end or, when a statement fails, nothing. Begin, commit
 * and an answer for each statement are a third of what a small transaction costs both sides
 * ([ADR 89](../../../../../docs/adr/0089-a-foreseen-decision-is-one-message.md)). Deadlocks and broken connections send
 * it again, so the statements must refuse what is there already. Fails with `notAsForeseen` while somebody computes a
 * counter of the organizations, instead of waiting for that.
 */
export async function inOneMessage(
  pool: pg.Pool,
  organizationIds: readonly string[],
  sent: { statements: readonly Statement[]; hooks?: CommitHooks | undefined },
): Promise<void> {
  const statements = [enter(organizationIds), ...sent.statements];
  await retried(() => sendOnce(pool, statements, sent.hooks));
}

async function sendOnce(
  pool: pg.Pool,
  statements: readonly Statement[],
  hooks: CommitHooks | undefined,
): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    hooks?.beforeCommit?.();
    await new Promise<void>((resolve, reject) => {
      const message = new OneMessage(statements, (error) => {
        if (error === null || error === undefined) return resolve();
        if (message.mayHavePrepared) broken = error;
        reject(error);
      });
      client.query(message);
    });
    hooks?.afterCommit?.();
  } finally {
    client.release(broken);
  }
}

/** The tenancy and the lock of everybody who adds usage, as at the beginning of every transaction of this role. */
function enter(organizationIds: readonly string[]): Statement {
  const partitions = new Set(organizationIds.map((id) => counterLock(id).partition));
  return {
    name: 'enter',
    text: `select set_config('app.organization_ids', $1, true),
                  refuse_unless((select bool_and(pg_try_advisory_xact_lock_shared(${counterLockClass}, partition))
                                   from unnest($2::int[]) as partition), '${notAsForeseen}')`,
    values: [organizationIds.join(','), plainArray([...partitions].map(String))],
  };
}

/** By connection, because the driver knows only of statements that it sends by itself. */
const prepared = new WeakMap<pg.Connection, Set<string>>();

/**
 * PostgreSQL runs everything up to a sync as one transaction. The driver sends a sync after each statement, so this
 * writes its own messages; what it overrides beyond `submit` is how the driver tells a query about its answers.
 */
class OneMessage extends pg.Query {
  /** After an error nobody knows which of its statements are prepared: the connection has to go. */
  mayHavePrepared = false;
  readonly #statements: readonly Statement[];

  constructor(statements: readonly Statement[], done: (error: Error | null | undefined) => void) {
    super({ text: '' }, done);
    this.#statements = statements;
  }

  override submit = (connection: pg.Connection): void => {
    const known = prepared.get(connection) ?? new Set<string>();
    prepared.set(connection, known);
    for (const { name, text, values } of this.#statements) {
      const statement = `${name}_at_once`;
      if (!known.has(statement)) {
        this.mayHavePrepared = true;
        known.add(statement);
        connection.parse({ name: statement, text, types: [] }, true);
      }
      connection.bind({ statement, values }, true);
      connection.execute({}, true);
    }
    connection.sync();
  };

  /** Whether a statement is content is told by its not failing. */
  handleDataRow(): void {}

  handleCommandComplete(): void {}
}
