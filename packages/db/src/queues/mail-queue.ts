import type pg from 'pg';

export interface WaitingMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Stable for ever; serves as the message id, so that a receiver can tell a repeated mail. */
  dedupeKey: string;
  createdAt: Date;
}

/** Mails of the `emails` table that wait to be sent. */
export interface MailQueue {
  /**
   * Runs `work` as the only sender of all processes; answers false at once when another one sends. The lock ends
   * with the connection, so a killed sender blocks nobody.
   */
  asOnlySender(work: () => Promise<void>): Promise<boolean>;
  /** Oldest first. */
  listWaiting(limit: number): Promise<WaitingMail[]>;
  markSent(id: string, at: Date): Promise<void>;
  markFailed(id: string): Promise<void>;
}

/** Any number that no other advisory lock of this database uses. */
const senderLock = 72_707_401;

/** Use `database.worker`. */
export function createMailQueue(pool: pg.Pool): MailQueue {
  return {
    async asOnlySender(work) {
      const client = await pool.connect();
      try {
        const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
          senderLock,
        ]);
        if (rows[0]?.taken !== true) return false;
        try {
          await work();
        } finally {
          await client.query('select pg_advisory_unlock($1)', [senderLock]);
        }
        return true;
      } finally {
        client.release();
      }
    },
    async listWaiting(limit) {
      const { rows } = await pool.query<WaitingMail>(
        `select id, to_address as "to", subject, text, html, dedupe_key as "dedupeKey", created_at as "createdAt"
           from emails where status = 'pending' order by created_at limit $1`,
        [limit],
      );
      return rows;
    },
    async markSent(id, at) {
      await pool.query(`update emails set status = 'sent', sent_at = $2 where id = $1`, [id, at]);
    },
    async markFailed(id) {
      await pool.query(`update emails set status = 'failed' where id = $1`, [id]);
    },
  };
}
