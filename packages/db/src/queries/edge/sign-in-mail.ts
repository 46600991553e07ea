import type pg from 'pg';

export interface SignInMail {
  id: string;
  to: string;
  template: string;
  subject: string;
  html: string;
  text: string;
  /** The same fact twice is one mail. */
  dedupeKey: string;
}

/** Puts a mail of no organization into the outgoing mails. Use `database.auth`. */
export async function insertSignInMail(pool: pg.Pool, mail: SignInMail): Promise<void> {
  await pool.query(
    // Without a conflict target: naming one would need the right to read mails.
    `insert into emails (id, to_address, template, subject, html, text, dedupe_key)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [mail.id, mail.to, mail.template, mail.subject, mail.html, mail.text, mail.dedupeKey],
  );
}
