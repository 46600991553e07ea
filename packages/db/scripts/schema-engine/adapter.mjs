import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { onDatabase, readUrl, runScript } from './database.mjs';

/** Type of PostgreSQL's one-byte "char" in its own catalogue. */
const catalogueCharOid = 18;
const textOid = 25;

/** The driver adapter with what it lacks to serve migrations. */
export class MigrationAdapterFactory extends PrismaPg {
  #datasource;

  constructor(datasource) {
    const { url, schema } = readUrl(datasource.url);
    super({ connectionString: url }, { schema });
    this.#datasource = datasource;
  }

  async connect() {
    const { url, schema } = readUrl(this.#datasource.url);
    return await openAdapter(url, schema);
  }

  /** The original connects to the main database when it is given a connection string: a shadow must never be it. */
  async connectToShadowDb() {
    const given = this.#datasource.shadowDatabaseUrl;
    if (given) {
      await runScript(given, 'drop schema if exists public cascade; create schema public');
      return await openAdapter(readUrl(given).url);
    }
    const { url, schema, adminUrl } = readUrl(this.#datasource.url);
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await runScript(adminUrl, `create database "${name}" template template0`);
    const adapter = await openAdapter(onDatabase(url, name), schema);
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await runScript(adminUrl, `drop database if exists "${name}" with (force)`);
    };
    return adapter;
  }
}

/** For commands that need no database. */
export const offlineAdapterFactory = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: refuse,
  connectToShadowDb: refuse,
};

function refuse() {
  throw new Error('This command compares with a database: set DATABASE_URL.');
}

async function openAdapter(url, schema) {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  return complete(await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect());
}

const charColumns = new WeakMap();
const isComplete = Symbol('complete');

/**
 * Closes two gaps: the catalogue's "char" columns are unknown to the adapter, and scripts are split at every
 * semicolon, which breaks functions and quoted text.
 */
function complete(adapter) {
  const adapterClass = Object.getPrototypeOf(adapter);
  const queryable = Object.getPrototypeOf(adapterClass);
  if (queryable[isComplete]) return adapter;
  queryable[isComplete] = true;
  const { performIO, queryRaw } = queryable;
  queryable.performIO = async function (query) {
    const result = await performIO.call(this, query);
    const found = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== catalogueCharOid) continue;
      field.dataTypeID = textOid;
      found.push(index);
    }
    if (found.length > 0) charColumns.set(query, found);
    return result;
  };
  queryable.queryRaw = async function (query) {
    const result = await queryRaw.call(this, query);
    for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  adapterClass.executeScript = async function (script) {
    try {
      await this.client.query(script);
    } catch (error) {
      this.onError(error);
    }
  };
  return adapter;
}
