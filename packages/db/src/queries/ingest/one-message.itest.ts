import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../client.ts';
import { counterLock } from './counter-lock.ts';
import { inOneMessage, type Statement } from './one-message.ts';
import { notAsForeseen } from './refuse-unless.ts';

let test: TestDatabase;
/** One connection, so that every message meets what those before it left behind. */
let database: Database;
let organizationId: string;

beforeAll(async () => {
  test = await createTestDatabase();
  const login = test.urls === undefined ? { url: test.ownerUrl } : { urls: test.urls };
  database = createDatabase({ ...login, poolSizes: { ingest: 1 } });
});
afterAll(async () => {
  await database.close();
  await test.dispose();
});
beforeEach(async () => {
  organizationId = await addOrganization();
});

/** `n`: its writers share a lock with those of no other number. */
async function addOrganization(n?: number): Promise<string> {
  const random = randomUUID();
  const id = n === undefined ? random : `${random.slice(0, -4)}000${n}`;
  await test.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Acme', 'a@example.com', 'USD')`,
    [id, `o-${id}`],
  );
  return id;
}

/** A counter of the feature, written in the organization that the message has entered. */
const count = (feature: string): Statement => ({
  name: 'count',
  text: `insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
         select current_setting('app.organization_ids')::uuid, $1, '00000000-0000-0000-0000-000000000000', now(),
                now() + interval '1 day', 1, now()`,
  values: [feature],
});
const countIn = (id: string, feature: string): Statement => ({
  name: 'count_in',
  text: `insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
         values ($1::uuid, $2, '00000000-0000-0000-0000-000000000000', now(), now() + interval '1 day', 1, now())`,
  values: [id, feature],
});
const divide = (by: number): Statement => ({
  name: 'divide',
  text: 'select 1 / $1::int',
  values: [String(by)],
});

const send = (...statements: Statement[]) => inOneMessage(database.ingest, [organizationId], { statements });

async function counted(): Promise<string[]> {
  const { rows } = await test.owner.query<{ feature: string }>(
    'select feature from limit_counters where organization_id = $1 order by feature',
    [organizationId],
  );
  return rows.map(({ feature }) => feature);
}

async function connection() {
  const { rows } = await database.ingest.query(
    `select pg_backend_pid() as pid, nullif(current_setting('app.organization_ids', true), '') as entered`,
  );
  return rows[0];
}

it('commits all of its statements or none, and tells the error of the one that failed', async () => {
  await expect(send(count('word'), divide(0), count('lead'))).rejects.toThrow('division by zero');
  expect(await counted()).toEqual([]);
  await send(count('word'), divide(1), count('lead'));
  expect(await counted()).toEqual(['lead', 'word']);
});

it('prepares each statement once for a connection, which a refused message leaves as it was', async () => {
  // What the driver prepares for itself may have the same name.
  await database.ingest.query({ name: 'count', text: 'select 1' });
  await send(count('word'), divide(1));
  const before = await connection();
  await expect(send(count('lead'), divide(0))).rejects.toThrow('division by zero');
  await send(count('call'), divide(1));
  expect(await connection()).toEqual({ ...before, entered: null });
  expect(await counted()).toEqual(['call', 'word']);
});

it('gives up a connection on which a message failed that prepared something', async () => {
  await send(count('word'));
  const before = await connection();
  const misspelled: Statement = { name: 'misspelled', text: 'selec 1', values: [] };
  await expect(send(count('lead'), misspelled)).rejects.toThrow('syntax error');
  expect((await connection()).pid).not.toBe(before.pid);
  await send(count('call'));
  expect(await counted()).toEqual(['call', 'word']);
});

it('is committed before the caller hears of it, and may be ended right before', async () => {
  const seen: string[] = [];
  const hooks = {
    beforeCommit: () => void seen.push('before'),
    afterCommit: () => void seen.push('after'),
  };
  await inOneMessage(database.ingest, [organizationId], { statements: [count('word')], hooks });
  expect(seen).toEqual(['before', 'after']);
  expect(await counted()).toEqual(['word']);
  const dying = {
    beforeCommit: () => {
      throw new Error('killed');
    },
  };
  await expect(
    inOneMessage(database.ingest, [organizationId], { statements: [count('lead')], hooks: dying }),
  ).rejects.toThrow('killed');
  expect(await counted()).toEqual(['word']);
  const dyingLater = { afterCommit: dying.beforeCommit };
  await expect(
    inOneMessage(database.ingest, [organizationId], { statements: [count('lead')], hooks: dyingLater }),
  ).rejects.toThrow('killed');
  expect(await counted()).toEqual(['lead', 'word']);
});

it('is sent again when its connection breaks before it is committed', async () => {
  const client = await test.owner.connect();
  await client.query('begin; select pg_advisory_xact_lock(4711)');
  const waiting = async () => {
    const { rows } = await test.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
    );
    return rows.map(({ pid }) => pid);
  };
  const wait = { name: 'wait', text: 'select pg_advisory_xact_lock($1::bigint)', values: ['4711'] };
  const sent = send(count('word'), wait);
  await expect.poll(waiting).toHaveLength(1);
  const [first] = await waiting();
  await test.owner.query('select pg_terminate_backend($1)', [first]);
  await expect.poll(waiting).toEqual([expect.not.toBeOneOf([first])]);
  await client.query('commit');
  client.release();
  await sent;
  expect(await counted()).toEqual(['word']);
});

describe('beside whoever counts what is stored', () => {
  /** Holds the lock of the organization's writers until the work is done. */
  async function whileLocked(
    mode: '' | '_shared',
    work: () => Promise<void>,
    id = organizationId,
  ): Promise<void> {
    const client = await test.owner.connect();
    const { lockClass, partition } = counterLock(id);
    try {
      await client.query('begin');
      await client.query(`select pg_advisory_xact_lock${mode}($1, $2)`, [lockClass, partition]);
      await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
  it('refuses at once instead of waiting, and nothing is stored', async () => {
    await whileLocked('', () => expect(send(count('word'))).rejects.toMatchObject({ code: notAsForeseen }));
    expect(await counted()).toEqual([]);
    await send(count('word'));
    expect(await counted()).toEqual(['word']);
  });

  it('does not wait for others who add usage', async () => {
    await whileLocked('_shared', () => send(count('word')));
    expect(await counted()).toEqual(['word']);
  });

  it('enters each of its organizations, and waits for the writers of none', async () => {
    const ids = await Promise.all([1, 2, 3].map((n) => addOrganization(n)));
    const sendAll = (feature: string) =>
      inOneMessage(database.ingest, ids, { statements: ids.map((id) => countIn(id, feature)) });
    for (const id of ids) {
      await whileLocked('', () => expect(sendAll('word')).rejects.toMatchObject({ code: notAsForeseen }), id);
    }
    await sendAll('call');
    const { rows } = await test.owner.query(
      'select feature from limit_counters where organization_id = any($1)',
      [ids],
    );
    expect(rows).toEqual(ids.map(() => ({ feature: 'call' })));
    // One that it has not entered it cannot write into.
    const one = inOneMessage(database.ingest, ids.slice(1), {
      statements: ids.map((id) => countIn(id, 'lead')),
    });
    await expect(one).rejects.toThrow('row-level security');
  });
});
