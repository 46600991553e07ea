import type { StaffRole } from '@metergate/core';
import type pg from 'pg';

export interface StaffUser {
  id: string;
  /** Normalized. */
  email: string;
  role: StaffRole;
  /** As the sign-in library stores it. */
  passwordHash: string;
  accountId: string;
  at: Date;
}

/**
 * Makes a person with a password and a staff role; somebody who exists gets the role and keeps the password.
 * Use `database.auth`.
 */
export async function saveStaffUser(
  pool: pg.Pool,
  user: StaffUser,
): Promise<{ id: string; created: boolean }> {
  const { rows } = await pool.query<{ id: string; created: boolean }>(
    `with saved as (
       insert into auth."user" (id, name, email, email_verified, platform_role, created_at, updated_at)
       values ($1, split_part($2, '@', 1), $2, true, $3, $6, $6)
       on conflict (email) do update set platform_role = excluded.platform_role, updated_at = excluded.updated_at
       returning id, id = $1 as created
     ), account as (
       insert into auth.account (id, account_id, provider_id, user_id, password, created_at, updated_at)
       select $4, id, 'credential', id, $5, $6, $6 from saved where created
     )
     select id, created from saved`,
    [user.id, user.email, user.role, user.accountId, user.passwordHash, user.at],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('saving a person answers one row');
  return row;
}
