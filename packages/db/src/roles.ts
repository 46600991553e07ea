import type pg from 'pg';

/** Application roles; the owner (migrations) is whoever runs the migrations. */
export const applicationRoles = ['app', 'auth', 'ingest', 'platform', 'worker'] as const;
export type ApplicationRole = (typeof applicationRoles)[number];

/** Name of the role in the database. */
export function databaseRole(role: ApplicationRole): `mg_${ApplicationRole}` {
  return `mg_${role}`;
}

/**
 * Makes the cluster-wide roles; idempotent. With passwords every role is a login of its own, otherwise the
 * connected login becomes a member and switches with `-c role=…`.
 */
export async function ensureRoles(
  client: pg.ClientBase,
  passwords?: Readonly<Record<ApplicationRole, string>>,
): Promise<void> {
  for (const role of applicationRoles) {
    const name = databaseRole(role);
    try {
      await ensureRole(client, name, passwords?.[role]);
    } catch (error) {
      if (!isInsufficientPrivilege(error)) throw error;
      throw new Error(missingPrivilegeMessage(), { cause: error });
    }
  }
}

async function ensureRole(client: pg.ClientBase, name: string, password: string | undefined): Promise<void> {
  const { rows } = await client.query<{ can_login: boolean; is_member: boolean }>(
    `select rolcanlogin as can_login, pg_has_role(current_user, oid, 'MEMBER') as is_member
       from pg_roles where rolname = $1`,
    [name],
  );
  const found = rows[0];
  if (found === undefined) await createRole(client, name, password);
  if (found?.is_member === true) return;
  // From PostgreSQL 16 on, creating a role does not make its creator able to SET ROLE to it.
  await client.query(`grant ${name} to current_user`);
}

async function createRole(client: pg.ClientBase, name: string, password: string | undefined): Promise<void> {
  const login = password === undefined ? 'nologin' : `login password '${password.replaceAll("'", "''")}'`;
  try {
    await client.query(`create role ${name} ${login} nosuperuser nocreatedb nocreaterole nobypassrls`);
  } catch (error) {
    // Another database of the same cluster is being prepared at this moment.
    if (!(error instanceof Error && 'code' in error && ['42710', '23505'].includes(String(error.code)))) {
      throw error;
    }
  }
}

function isInsufficientPrivilege(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}

function missingPrivilegeMessage(): string {
  const names = applicationRoles.map(databaseRole);
  const statements = names.map((name) => `  create role ${name} nologin; grant ${name} to <your user>;`);
  return [
    'The database user may not create the application roles (it lacks CREATEROLE).',
    'Either grant CREATEROLE to it, or let an administrator run once:',
    ...statements,
  ].join('\n');
}
