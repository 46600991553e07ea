import { randomUUID } from 'node:crypto';
import { createDatabase, createOutboxQueue } from '@metergate/db';
import { between, runTrial, sleep } from '../trial/trial.ts';

/** What nobody gets to see for this long after the last writer was skipped. */
const GIVE_UP_MS = 10_000;

/**
 * Many writers whose transactions last differently long, one of them for seconds, while the relay is stopped and
 * started again: every message is taken, and those of one organization in the order in which they were left.
 */
await runTrial('P18 the outbox skips nothing', async (trial) => {
  const writers = 32;
  const messages = trial.isLong ? 20_000 : 1_500;
  const { owner, urls } = trial.database;
  const database = createDatabase({ urls });
  const organizations = Array.from({ length: 20 }, () => randomUUID());
  for (const id of organizations) {
    await owner.query(
      `insert into organizations (id, slug, name, external_id, email, currency)
       values ($1::uuid, $1::text, 'Writer', $1::text, 'w@example.com', 'USD')`,
      [id],
    );
  }
  const left = new Map<string, string[]>();
  const taken = new Map<string, string[]>();
  let written = 0;
  let isWriting = true;

  async function write(holdMs: number): Promise<void> {
    const organization = organizations[between(0, organizations.length - 1)] ?? '';
    const id = randomUUID();
    const client = await database.app.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('app.organization_id', $1, true)`, [organization]);
      // As every use-case does: work on one organization's billing is serialized by its row.
      await client.query('select 1 from organizations where id = $1 for update', [organization]);
      await client.query(
        `insert into outbox (organization_id, id, kind, payload, idempotency_key, next_attempt_at)
         values ($1, $2::uuid, 'trial', '{}', $2::text, now())`,
        [organization, id],
      );
      await sleep(holdMs);
      // Still under the lock, so this list has the order of the commits.
      left.set(organization, [...(left.get(organization) ?? []), id]);
      await client.query('commit');
    } finally {
      client.release();
    }
  }

  async function writer(): Promise<void> {
    while (written < messages) {
      written += 1;
      await write(between(0, 50));
    }
  }

  async function relay(name: string, isOver: () => boolean): Promise<void> {
    const queue = createOutboxQueue(database.worker);
    let lastTakenAt = performance.now();
    while (!isOver()) {
      const message = await queue.claim({ leasedBy: name, leaseSeconds: 60, isHurried: false, except: [] });
      if (message === null) {
        if (!isWriting && ((await open()) === 0 || performance.now() - lastTakenAt > GIVE_UP_MS)) return;
        await sleep(10);
        continue;
      }
      lastTakenAt = performance.now();
      taken.set(message.organizationId, [...(taken.get(message.organizationId) ?? []), message.id]);
      await queue.finish(message, name, { status: 'done', at: new Date(), result: null });
    }
  }
  const open = () => trial.count(`select count(*) from outbox where status <> 'done'`);

  const startedAt = performance.now();
  const slow = write(5_000);
  const writing = Promise.all([slow, ...Array.from({ length: writers }, writer)]).then(() => {
    isWriting = false;
  });
  let isStopped = false;
  const first = relay('first', () => isStopped);
  await sleep(1_500);
  isStopped = true;
  await first;
  await sleep(300);
  await Promise.all([writing, relay('second', () => false), relay('third', () => false)]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const count = [...left.values()].flat().length;
  const delivered = [...taken.values()].flat();
  trial.note(`${count} messages of ${writers + 1} writers in ${seconds} s, the relay restarted once`);
  trial.check('undelivered', count === delivered.length, count - delivered.length);
  trial.check(
    'delivered twice',
    new Set(delivered).size === delivered.length,
    delivered.length - new Set(delivered).size,
  );
  const wrong = organizations.filter((id) => (left.get(id) ?? []).join() !== (taken.get(id) ?? []).join());
  trial.check('organizations whose order was not kept', wrong.length === 0, wrong.length);
  await database.close();
});
