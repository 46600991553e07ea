import type pg from 'pg';

const segmentMiB = 16;

/**
 * A new server makes its write-ahead log while it writes it: every 16 MB all commits wait until a segment has been
 * filled with zeros and flushed, for some 60 to 100 ms. A server that has run for a while uses its old segments again
 * (https://www.postgresql.org/docs/18/wal-configuration.html), up to `min_wal_size` in any case. This uses as much of
 * the log as that and lets a checkpoint hand it back. The client is a superuser's.
 */
export async function makeWalReady(client: pg.Client, mebibytes: number): Promise<void> {
  for (let made = 0; made < mebibytes; made += segmentMiB) {
    // A segment of which nothing was used is not left.
    await client.query("select pg_logical_emit_message(false, 'metergate', '')");
    await client.query('select pg_switch_wal()');
  }
  await client.query('checkpoint');
}
