import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { asId } from '@metergate/core';
import {
  checkInvariants,
  createDatabase,
  createUnitOfWork,
  migrate,
  missingMigrations,
  rebuildProjections,
  verifyAuditChains,
} from '@metergate/db';
import { storeUsageEvents, toUsageRow } from '@metergate/db/metering';
import pg from 'pg';
import { findPostgresPrograms, startWholePostgres, type WholePostgres } from '../trial/whole-postgres.ts';

/**
 * Upgrade, backup, restore: the newest migrations are applied while usage is written, then everything is dumped with
 * PostgreSQL's own program, restored on another server and compared.
 */
const migrations = fileURLToPath(new URL('../../../packages/db/prisma/migrations', import.meta.url));
const first = 'create_tables add_constraints enforce_tenancy';
const organizationId = randomUUID();
const waitMsMax = 2_000;
let failures = 0;

const programs = await findPostgresPrograms();
if (programs === undefined) {
  console.log('P22 upgrade, backup, restore: not run (no PostgreSQL with pg_dump here; set PG_BINDIR)');
  process.exit(0);
}
const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-p22-files-'));
const [source, target] = [await startWholePostgres(programs), await startWholePostgres(programs)];
try {
  console.log(`P22 upgrade, backup, restore, on PostgreSQL ${source.version}`);
  await upgradeUnderLoad(source);
  await writeAsToday(source);
  await dumpAndRestore();
} finally {
  await Promise.all([source.stop(), target.stop(), rm(folder, { recursive: true, force: true })]);
}
console.log(failures === 0 ? 'P22: holds' : 'P22: BROKEN');
process.exit(failures === 0 ? 0 : 1);

function check(what: string, holds: boolean, measured: unknown): void {
  if (!holds) failures += 1;
  console.log(`${holds ? 'holds ' : 'BROKEN'} ${what}: ${measured}`);
}

/** The oldest release that could be deployed, filled and written to while it becomes the newest. */
async function upgradeUnderLoad(server: WholePostgres): Promise<void> {
  await server.createDatabase('metergate');
  const oldest = path.join(folder, 'oldest');
  for (const name of await readdir(migrations)) {
    const isFirst = first.split(' ').some((part) => name.endsWith(part));
    if (isFirst) await cp(path.join(migrations, name), path.join(oldest, name), { recursive: true });
  }
  const ownerUrl = server.ownerUrl('metergate');
  await migrate({ ownerUrl, directory: oldest });
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 4 });
  // What ends with the server must not hide why it ended.
  pool.on('error', () => undefined);
  await pool.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, 'acme', 'Acme', 'a@example.com', 'USD')`,
    [organizationId],
  );
  await insertOld(pool, 50_000);
  const load = writeUntil(pool);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const applied = await migrate({ ownerUrl });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const { written, longestMs } = await load.stop();
  const { rows } = await pool.query<{ stored: number }>(
    `select count(*)::int as stored from usage_events where id like 'load-%'`,
  );
  check(
    `longest wait of a writer while ${applied.length} migrations ran (ms)`,
    longestMs <= waitMsMax,
    Math.round(longestMs),
  );
  check(
    'acknowledged writes that are missing',
    rows[0]?.stored === written,
    `${written} written, ${rows[0]?.stored} stored`,
  );
  await pool.end();
  // What was written without its sums: made once, as an operator would.
  await rebuildProjections({ ownerUrl, write: true });
}

async function insertOld(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
     select $1, 'old-' || n, sha256(n::text::bytea), 'execution', 1, now() - n * interval '1 minute', now(), 'api'
       from generate_series(1, $2::int) n`,
    [organizationId, count],
  );
}

/** A deadlock with a migration is tried again, as the application does. */
async function writeOne(pool: pg.Pool, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query(
        `insert into usage_events (organization_id, id, payload_hash, meter, quantity, occurred_at, recorded_at, source)
         values ($1, $2, sha256('x'), 'execution', 1, now(), now(), 'api')`,
        [organizationId, id],
      );
      return;
    } catch (error) {
      if (attempt >= 5 || !(error instanceof Error && 'code' in error && error.code === '40P01')) throw error;
    }
  }
}

/** Three writers, each waiting for its commit. */
function writeUntil(pool: pg.Pool) {
  let isOver = false;
  let written = 0;
  let longestMs = 0;
  const writer = async (name: number) => {
    for (let n = 0; !isOver; n += 1) {
      const startedAt = performance.now();
      await writeOne(pool, `load-${name}-${n}`);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      written += 1;
    }
  };
  const writers = [1, 2, 3].map(writer);
  return {
    async stop() {
      isOver = true;
      await Promise.all(writers);
      return { written, longestMs };
    },
  };
}

/** Through the code of today, so that the dump holds what it makes: usage with its sums, and audited changes. */
async function writeAsToday(server: WholePostgres): Promise<void> {
  const database = createDatabase({ url: server.ownerUrl('metergate') });
  const rows = Array.from({ length: 2_000 }, (_, n) =>
    toUsageRow({
      organizationId: asId('organization', organizationId),
      aggregation: 'sum',
      source: 'api',
      draft: {
        ...{ id: `new-${n}`, meter: 'execution', quantity: '0.1', occurredAt: new Date() },
        ...{ clientId: null, subject: null, properties: null },
      },
    }),
  );
  await storeUsageEvents({ pool: database.ingest, recordedAt: new Date() }, rows);
  const unitOfWork = createUnitOfWork(database.prisma.app, {
    clock: { now: () => new Date() },
    ids: { next: randomUUID },
  });
  for (let n = 0; n < 20; n += 1) {
    await unitOfWork.run(asId('organization', organizationId), ({ audit }) =>
      audit.append({
        organizationId: asId('organization', organizationId),
        actor: { kind: 'job', name: 'p22' },
        action: 'p22.noted',
        target: { kind: 'organization', id: organizationId },
        before: {},
        after: { n },
      }),
    );
  }
  await database.close();
}

async function dumpAndRestore(): Promise<void> {
  const file = path.join(folder, 'metergate.dump');
  await source.dump('metergate', file);
  // Roles belong to the server and are in no dump: an empty database that is migrated once makes them.
  await target.createDatabase('roles_only');
  await migrate({ ownerUrl: target.ownerUrl('roles_only') });
  await target.createDatabase('restored');
  await target.restore('restored', file);
  const [before, after] = [await contentOf(source, 'metergate'), await contentOf(target, 'restored')];
  const different = Object.keys(before).filter((table) => before[table] !== after[table]);
  check(
    `tables whose content differs, of ${Object.keys(before).length}`,
    different.length === 0,
    different.join(', ') || 0,
  );
  const ownerUrl = target.ownerUrl('restored');
  check(
    'migrations applied by starting on the restored database',
    (await migrate({ ownerUrl })).length === 0,
    0,
  );
  const database = createDatabase({ url: ownerUrl });
  const audit = await verifyAuditChains(database.platform);
  check(
    'audit chains of the restored database',
    audit.valid,
    audit.valid ? `${audit.rows} entries` : audit.firstBad,
  );
  const { different: sums } = await rebuildProjections({ ownerUrl, write: false });
  check('sums of usage that differ from its events', sums === 0, sums);
  const broken = (await checkInvariants(database.platform, new Date())).filter(
    ({ violations }) => violations > 0,
  );
  check('invariants that do not hold', broken.length === 0, broken.map(({ key }) => key).join(', ') || 0);
  const { rows } = await database.app.query<{ visible: number }>(
    'select count(*)::int as visible from usage_events',
  );
  check('rows that a role without an organization sees', rows[0]?.visible === 0, rows[0]?.visible);
  check('missing migrations', (await missingMigrations(database.app)).length === 0, 0);
  await database.close();
}

/** A hash over every row of every table, in the order of the rows' own text. */
async function contentOf(server: WholePostgres, name: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: server.ownerUrl(name) });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'auth') and tablename !~ '_p[0-7]$' order by 1`,
  );
  const content: Record<string, string> = {};
  for (const { name: table } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${table} t order by 1`);
    const hash = createHash('sha256');
    for (const { row } of rows) hash.update(`${row}\n`);
    content[table] = `${rows.length} ${hash.digest('hex')}`;
  }
  await client.end();
  return content;
}
