import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAcme, organizationId, runOn } from './run-on.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await addAcme(db);
});
afterAll(() => db.dispose());

const metergate = (...args: string[]) => runOn(db, ...args);

describe('metergate keys', () => {
  it('makes a platform key whose secret is in the answer and nowhere in the database', async () => {
    const made = await metergate(
      'keys',
      'create',
      '--platform',
      '--scopes',
      'usage:write,limits:check',
      '--json',
    );
    expect(made.exitCode).toBe(0);
    const { id, key, ...rest } = JSON.parse(made.out);
    expect(rest).toEqual({});
    expect(id).toMatch(/^key_[0-9a-f]{32}$/);
    expect(key).toMatch(/^mg_[\w-]{32}$/);
    const { rows } = await db.owner.query(
      `select organization_id, scopes, encode(key_hash, 'hex') as hash, key_prefix from api_keys`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ organization_id: null, scopes: ['usage:write', 'limits:check'] });
    expect(JSON.stringify(rows)).not.toContain(key);
    const listed = await metergate('keys', 'list');
    expect(listed.out).toContain(id);
    expect(listed.out).not.toContain(key);
  });

  it('makes a key for one organization, and ends it', async () => {
    const made = await metergate(
      'keys',
      'create',
      '--organization',
      'crm-1',
      '--scopes',
      'usage:read',
      '--json',
    );
    const { id } = JSON.parse(made.out);
    expect((await metergate('keys', 'list', '--organization', 'acme')).out).toContain(id);
    expect((await metergate('keys', 'revoke', id)).exitCode).toBe(0);
    const { rows } = await db.owner.query('select revoked_at from api_keys where organization_id = $1', [
      organizationId,
    ]);
    expect(rows[0].revoked_at).not.toBeNull();
  });

  it.each([
    [['keys', 'create', '--platform', '--scopes', 'everything'], 'is no scope'],
    [['keys', 'create', '--platform', '--scopes', ''], 'is no scope'],
    [['keys', 'create', '--scopes', 'usage:read'], '--platform or --organization'],
    [['keys', 'create', '--organization', 'nobody', '--scopes', 'usage:read'], 'no organization'],
    [['keys', 'revoke', 'nonsense'], 'not the id of a key'],
    [['keys', 'create', '--platform'], 'required option'],
    [['dance'], 'unknown command'],
  ])('refuses %j with exit code 2 and makes nothing', async (args, problem) => {
    const count = async () => (await db.owner.query('select count(*) from api_keys')).rows[0].count;
    const before = await count();
    const answer = await metergate(...args);
    expect(answer.exitCode).toBe(2);
    expect(answer.error).toContain(problem);
    expect(answer.out).toBe('');
    expect(await count()).toBe(before);
  });
});

describe('metergate admin', () => {
  it('makes a person of the staff once, and changes the role of one that exists', async () => {
    const made = await metergate('admin', 'create', ' Root@Example.Test ', '--json');
    expect(JSON.parse(made.out)).toMatchObject({ email: 'root@example.test', role: 'super_admin' });
    expect(JSON.parse(made.out).password.length).toBeGreaterThanOrEqual(20);
    const again = await metergate('admin', 'create', 'root@example.test', '--role', 'support', '--json');
    expect(JSON.parse(again.out)).toEqual({ email: 'root@example.test', role: 'support' });
    const { rows } = await db.owner.query(
      `select u.platform_role, a.provider_id, count(*) over ()::int as accounts
         from auth."user" u join auth.account a on a.user_id = u.id`,
    );
    expect(rows).toEqual([{ platform_role: 'support', provider_id: 'credential', accounts: 1 }]);
    expect((await metergate('admin', 'create', 'short@example.test', '--password', 'short')).exitCode).toBe(
      2,
    );
  });
});

describe('metergate rebuild-projections', () => {
  it('finds a wrong sum without touching it, and repairs it when told to', async () => {
    await db.owner.query(
      `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
       select $1, 'event-' || n, sha256('x'), 'calls', n, '2026-03-01T10:05:00Z', now(), 'api' from generate_series(1, 4) n`,
      [organizationId],
    );
    await db.owner.query(
      `insert into usage_buckets (organization_id, meter, bucket_start, quantity, event_count, max_quantity)
       values ($1, 'calls', '2026-03-01T10:00:00Z', 9, 4, 4), ($1, 'ghost', '2026-03-01T10:00:00Z', 1, 1, 1)`,
      [organizationId],
    );
    const stored = async () =>
      (
        await db.owner.query(
          'select meter, quantity::int, event_count::int from usage_buckets order by meter',
        )
      ).rows;
    const before = await stored();
    const looked = await metergate('rebuild-projections', '--json');
    expect(looked.exitCode).toBe(1);
    expect(JSON.parse(looked.out)).toMatchObject({ buckets: 1, different: 2 });
    expect(await stored()).toEqual(before);
    expect((await metergate('rebuild-projections', '--write')).exitCode).toBe(0);
    expect(await stored()).toEqual([{ meter: 'calls', quantity: 10, event_count: 4 }]);
    expect((await metergate('rebuild-projections')).out).toBe('1 sums, 0 different.');
  });
});

describe('metergate export', () => {
  it('writes one organization as of one moment, without what opens doors, and never into what is there', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-export-'));
    const out = path.join(folder, 'acme');
    await metergate('keys', 'create', '--organization', 'acme', '--scopes', 'usage:read');
    const done = await metergate('export', '--organization', 'acme', '--out', out, '--json');
    expect(done.exitCode).toBe(0);
    const manifest = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8'));
    for (const { table, rows, sha256 } of manifest.tables) {
      const text = await readFile(path.join(out, `${table}.ndjson`), 'utf8');
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toHaveLength(rows);
      for (const row of lines) expect(row.organization_id ?? row.id).toBe(organizationId);
    }
    expect(manifest.tables.map(({ table }: { table: string }) => table)).toContain('api_keys');
    const keys = await readFile(path.join(out, 'api_keys.ndjson'), 'utf8');
    expect(keys).not.toContain('key_hash');
    const again = await metergate('export', '--organization', 'acme', '--out', out);
    expect([again.exitCode, again.error]).toEqual([2, expect.stringContaining('is there already')]);
    await rm(folder, { recursive: true });
  });
});

describe('metergate usage retire', () => {
  it('shows what would go, takes it away when told to, and names a period that is too short', async () => {
    const args = ['usage', 'retire', '--organization', 'acme', '--months', '6'];
    await db.owner.query(
      `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
       values ($1, 'retired-1', sha256('x'), 'execution', 2, '2025-03-01T10:05:00Z', now(), 'api')`,
      [organizationId],
    );
    await metergate('rebuild-projections', '--write');
    expect((await metergate(...args)).out).toMatch(/1 events would go/);
    expect((await metergate(...args, '--write')).out).toMatch(/1 events are gone/);
    expect((await metergate('rebuild-projections')).out).toBe(
      '2 sums, 0 different.\n1 events are gone and live on in them.',
    );
    const short = await metergate('usage', 'retire', '--months', '3');
    expect([short.exitCode, short.error]).toEqual([1, expect.stringContaining('at least four months')]);
  });
});

describe('metergate messages', () => {
  it('shows what was given up, sends it again or ends it, and says why it may not', async () => {
    for (const key of ['again', 'ended']) {
      await db.owner.query(
        `insert into outbox (organization_id, id, kind, payload, idempotency_key, status, last_error, next_attempt_at)
         values ($1, gen_random_uuid(), 'stripe.customer.update', '{}', $2, 'dead', 'it was refused', now())`,
        [organizationId, key],
      );
    }
    const dead = await metergate('messages', 'dead', '--json');
    const ids = JSON.parse(dead.out).map(({ id }: { id: string }) => id);
    expect((await metergate('messages', 'dead')).out).toMatch(/^2 given up\.\n.*it was refused/);
    const retried = await metergate('messages', 'retry', ids[0], '--reason', 'the address is right now');
    expect(retried.out).toContain('waits to be sent again');
    const ended = await metergate('messages', 'dismiss', ids[1], '--reason', 'nobody needs it');
    expect(ended.out).toContain('is dismissed');
    const twice = await metergate('messages', 'retry', ids[1], '--reason', 'once more');
    expect([twice.exitCode, twice.error]).toEqual([1, expect.stringContaining('given up')]);
    expect((await metergate('messages', 'retry', ids[1])).exitCode).not.toBe(0);
    await db.owner.query(`delete from outbox where idempotency_key in ('again', 'ended')`);
  });
});

describe('metergate drift', () => {
  it('lists what waits for a person and why, as text and as CSV, and lets it be with a reason', async () => {
    const fields = JSON.stringify([{ field: 'totalMinor', local: '=1+1', remote: '5100' }]);
    await db.owner.query(
      `insert into drift_findings (organization_id, id, object, kind, fields, status, source, found_at, last_found_at)
       values ($1, gen_random_uuid(), 'invoice in_1', 'money', $2, 'open', 'sweep', now(), now())`,
      [organizationId, fields],
    );
    const listed = await metergate('drift', 'list');
    expect(listed.exitCode).toBe(1);
    expect(listed.out).toMatch(
      /invoice in_1: Amounts differ \(open\)\n.*Stripe’s 5100\n.*resync the organization/,
    );
    const csv = await metergate('drift', 'list', '--csv');
    expect(csv.out).toContain("acme,invoice in_1,money,critical,open,totalMinor,'=1+1,5100");
    const [{ id }] = JSON.parse((await metergate('drift', 'list', '--json')).out);
    expect((await metergate('drift', 'accept', id)).exitCode).not.toBe(0);
    const accepted = await metergate('drift', 'accept', id, '--reason', 'known since May');
    expect(accepted.out).toContain('is accepted as it is');
    const twice = await metergate('drift', 'accept', id, '--reason', 'once more');
    expect([twice.exitCode, twice.error]).toEqual([1, expect.stringContaining('waits for a person')]);
    expect(await metergate('drift', 'list')).toMatchObject({ exitCode: 0, out: '0 differences.' });
    expect((await metergate('drift', 'list', '--kind', 'nothing')).exitCode).not.toBe(0);
    await db.owner.query('delete from drift_findings');
  });
});

describe('metergate doctor and audit', () => {
  it('are content with a healthy installation', async () => {
    const doctor = await metergate('doctor');
    expect(doctor.out).not.toContain('FAIL');
    expect(doctor.exitCode).toBe(0);
    expect((await metergate('audit', 'verify')).exitCode).toBe(0);
  });

  it('say what is wrong and end with 1', async () => {
    await db.owner.query(
      `insert into members (organization_id, user_id, role) values ($1, 'somebody', 'member')`,
      [organizationId],
    );
    await db.owner.query('alter table audit_log disable trigger user');
    await db.owner.query(`update audit_log set action = 'nothing' where action = 'staff.created'`);
    await db.owner.query('alter table audit_log enable trigger user');
    const doctor = await metergate('doctor', '--json');
    expect(doctor.exitCode).toBe(1);
    const failing = JSON.parse(doctor.out).findings.filter(
      (one: { violations: number }) => one.violations > 0,
    );
    expect(failing.map((one: { key: string }) => one.key)).toEqual([
      'every_organization_owned',
      'audit_chains_valid',
    ]);
    const audit = await metergate('audit', 'verify');
    expect([audit.exitCode, audit.out]).toEqual([1, 'The audit log was changed at platform:2.']);
  });
});
