#!/usr/bin/env node
// Drop-in for Prisma's native `schema-engine` binary: same argv, same JSON-RPC lines on stdio,
// backed by @prisma/schema-engine-wasm (Prisma's own Rust engine, wasm build) + @prisma/adapter-pg.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=/path/to/schema-engine.mjs prisma migrate dev
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const require = createRequire(import.meta.url);
const argv = process.argv.slice(2);
if (argv.includes('--version') || argv.includes('-V')) {
  console.log('schema-engine-cli wasm-shim');
  process.exit(0);
}
const opt = { datamodels: [], datasource: undefined };
let sub = null;
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--datamodels') opt.datamodels.push(argv[++i]);
  else if (argv[i] === '--datasource') opt.datasource = JSON.parse(argv[++i]);
  else if (argv[i] === '--enabled-preview-features' || argv[i] === '--extension-types') i++;
  else if (argv[i] === 'cli') sub = argv[++i];
}
const pg = require('pg');
const { PrismaPg } = require('@prisma/adapter-pg');
const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = require('@prisma/driver-adapter-utils');
const logErr = (message, error_code) =>
  process.stderr.write(
    JSON.stringify({
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { message, error_code },
      timestamp: new Date().toISOString(),
    }) + '\n',
  );
const clean = (u) => {
  const x = new URL(u);
  const schema = x.searchParams.get('schema');
  for (const k of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer', 'connect_timeout'])
    x.searchParams.delete(k);
  return {
    url: x.toString(),
    schema: schema ?? undefined,
    db: decodeURIComponent(x.pathname.slice(1)),
    admin: (() => {
      const a = new URL(x);
      a.pathname = '/postgres';
      return a.toString();
    })(),
  };
};
async function withClient(url, f) {
  const c = new pg.Client({ connectionString: url });
  await c.connect();
  try {
    return await f(c);
  } finally {
    await c.end();
  }
}
const pgErr = (e) =>
  e.code === '3D000'
    ? ['P1003', `Database \`${clean(opt.datasource.url).db}\` does not exist`]
    : ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].includes(e.code) || e instanceof AggregateError
      ? ['P1001', `Can't reach database server at \`${new URL(opt.datasource.url).host}\``]
      : e.code === '28P01'
        ? ['P1000', 'Authentication failed']
        : [undefined, String(e.message ?? e)];
const createDb = () =>
  withClient(clean(opt.datasource.url).admin, (c) =>
    c.query(`CREATE DATABASE "${clean(opt.datasource.url).db.replace(/"/g, '""')}"`),
  );
if (sub) {
  try {
    const { url, admin, db } = clean(opt.datasource.url);
    if (sub === 'can-connect-to-database') await withClient(url, (c) => c.query('select 1'));
    else if (sub === 'create-database') await createDb();
    else if (sub === 'drop-database')
      await withClient(admin, (c) =>
        c.query(`DROP DATABASE IF EXISTS "${db.replace(/"/g, '""')}" WITH (FORCE)`),
      );
    process.exit(0);
  } catch (e) {
    const [code, msg] = pgErr(e);
    process.stderr.write('\n');
    logErr(msg, code);
    process.exit(1);
  }
}
let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message: (m) => {
    panic = m;
  },
};
const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const dir = path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
const mod = new WebAssembly.Module(fs.readFileSync(path.join(dir, 'schema_engine_bg.wasm')));
const inst = new WebAssembly.Instance(mod, { './schema_engine_bg.js': glue });
glue.__wbg_set_wasm(inst.exports);
inst.exports.__wbindgen_start?.();
let enginePromise;
// Three gaps of adapter-pg 7.10 as a *migration* adapter, closed here (the wasm engine itself is complete):
//  1. pg_catalog's "char" (OID 18) is unmapped, introspection needs it as Character
//  2. executeScript() splits on ';' (breaks $$ functions and quoted semicolons): send the script as ONE simple query, as the native engine does
//  3. connectToShadowDb() with a connectionString opens the MAIN database
const charCols = new WeakMap();
function patch(adapter) {
  const A = Object.getPrototypeOf(adapter),
    Q = Object.getPrototypeOf(A);
  if (Q.__patched) return adapter;
  Q.__patched = true;
  const io = Q.performIO,
    raw = Q.queryRaw;
  Q.performIO = async function (q) {
    const r = await io.call(this, q);
    const at = [];
    r.fields?.forEach((f, i) => {
      if (f.dataTypeID === 18) {
        f.dataTypeID = 25;
        at.push(i);
      }
    });
    if (at.length) charCols.set(q, at);
    return r;
  };
  Q.queryRaw = async function (q) {
    const r = await raw.call(this, q);
    for (const i of charCols.get(q) ?? []) r.columnTypes[i] = ColumnTypeEnum.Character;
    return r;
  };
  A.executeScript = async function (script) {
    try {
      await this.client.query(script);
    } catch (e) {
      this.onError(e);
    }
  };
  return adapter;
}
const connect = async (url, schema) => {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  return patch(await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect());
};
class Factory extends PrismaPg {
  connect() {
    const c = clean(opt.datasource.url);
    return connect(c.url, c.schema);
  }
  // adapter-pg's own connectToShadowDb is unsafe with a connectionString (pg lets the string's database win, i.e. the
  // shadow would be the MAIN database) and drops the database before closing its pool; so do it here.
  async connectToShadowDb() {
    const s = opt.datasource?.shadowDatabaseUrl;
    if (s) {
      await withClient(clean(s).url, (c) =>
        c.query('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public'),
      );
      return connect(clean(s).url);
    }
    const main = clean(opt.datasource.url),
      db = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await withClient(main.admin, (c) => c.query(`CREATE DATABASE "${db}" TEMPLATE template0`));
    const u = new URL(main.url);
    u.pathname = '/' + db;
    const a = await connect(u.toString(), main.schema),
      dispose = a.dispose.bind(a);
    a.dispose = async () => {
      await dispose();
      await withClient(main.admin, (c) => c.query(`DROP DATABASE IF EXISTS "${db}" WITH (FORCE)`));
    };
    return a;
  }
}
const offline = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: () => {
    throw new Error('no datasource url configured');
  },
  connectToShadowDb: () => {
    throw new Error('no datasource url configured');
  },
};
const engine = () =>
  (enginePromise ??= (async () => {
    const c = opt.datasource?.url ? clean(opt.datasource.url) : null;
    const f = c ? new Factory({ connectionString: c.url }, { schema: c.schema }) : offline;
    return glue.SchemaEngine.new(
      {
        datamodels: opt.datamodels.length
          ? opt.datamodels.map((p) => [p, fs.readFileSync(p, 'utf8')])
          : undefined,
      },
      () => {},
      bindMigrationAwareSqlAdapterFactory(f),
    );
  })());
const send = (o) => process.stdout.write(JSON.stringify(o) + '\n');
async function call(method, params) {
  switch (method) {
    case 'createDatabase':
      try {
        await createDb();
      } catch (e) {
        if (e.code !== '42P04') throw e;
      }
      return { databaseName: clean(opt.datasource.url).db };
    case 'getDatabaseVersion':
      return (await engine()).version(params);
    case 'ensureConnectionValidity':
      await withClient(clean(opt.datasource.url).url, (c) => c.query('select 1'));
      return {};
    case 'dbExecute':
      await withClient(clean(opt.datasource.url).url, (c) => c.query(params.script));
      return null;
    default: {
      const e = await engine();
      if (typeof e[method] !== 'function') throw new Error(`unsupported method ${method}`);
      return (await e[method](params)) ?? null;
    }
  }
}
const plain = (v) =>
  v instanceof Map
    ? Object.fromEntries([...v].map(([k, x]) => [k, plain(x)]))
    : Array.isArray(v)
      ? v.map(plain)
      : v && typeof v === 'object'
        ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]))
        : v;
let pending = Promise.resolve();
const rl = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
rl.on('line', (line) => {
  if (!line.trim()) return;
  const m = JSON.parse(line);
  if (!m.method) return;
  pending = pending.then(async () => {
    try {
      const r = plain(await call(m.method, m.params));
      if (m.method === 'diff' && r?.stdout != null) {
        send({ jsonrpc: '2.0', id: 1_000_000 + m.id, method: 'print', params: { content: r.stdout } });
        send({ jsonrpc: '2.0', id: m.id, result: { exitCode: r.exitCode, stdout: null } });
      } else send({ jsonrpc: '2.0', id: m.id, result: r });
    } catch (e) {
      if (process.env.SHIM_DEBUG) console.error(e, panic);
      if (panic) {
        logErr(panic);
        process.exit(101);
      }
      const k = pgErr(e);
      const code = e.code?.startsWith?.('P') ? e.code : k[0];
      const message = e.code?.startsWith?.('P') ? e.message : k[1];
      send({
        jsonrpc: '2.0',
        id: m.id,
        error: {
          code: 4466,
          message: 'An error happened. Check the data field for details.',
          data: { is_panic: false, message, meta: e.meta ?? null, error_code: code ?? null },
        },
      });
    }
  });
});
rl.on('close', () => pending.finally(() => process.exit(0)));
