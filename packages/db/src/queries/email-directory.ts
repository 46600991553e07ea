import type { PageQuery } from '@metergate/core';
import type { emailRowSchema } from '@metergate/core/admin/admin.schemas';
import type pg from 'pg';
import { decodeCursor, encodeCursor, uuidPosition } from './cursor.ts';

type EmailView = (typeof emailRowSchema)['_output'];
type EmailRow = Omit<EmailView, 'createdAt'> & { created_at: Date };

/** Mails as they left or wait to leave, newest first; for staff. Use `database.platform`. */
export async function listEmails(
  pool: pg.Pool,
  { limit, cursor }: PageQuery,
): Promise<{ items: EmailView[]; nextCursor: string | null }> {
  const after = decodeCursor('emails', cursor, uuidPosition);
  const { rows } = await pool.query<EmailRow>(
    `select id, to_address as to, template, subject, text, html, status, created_at
     from emails where ($1::uuid is null or id < $1) order by id desc limit $2`,
    [after ?? null, limit + 1],
  );
  const items = rows
    .slice(0, limit)
    .map(({ created_at: createdAt, ...mail }) => ({ ...mail, createdAt: createdAt.toISOString() }));
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items, nextCursor: hasMore ? encodeCursor('emails', last.id) : null };
}
