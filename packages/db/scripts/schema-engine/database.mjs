import pg from 'pg';

/** Query parameters that Prisma reads from a connection string and PostgreSQL does not know. */
const prismaParameters = ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer', 'connect_timeout'];

/** Takes a Prisma connection string apart. */
export function readUrl(text) {
  const url = new URL(text);
  const schema = url.searchParams.get('schema') ?? undefined;
  for (const name of prismaParameters) url.searchParams.delete(name);
  const name = decodeURIComponent(url.pathname.slice(1));
  return { url: url.toString(), schema, name, adminUrl: onDatabase(url.toString(), 'postgres') };
}

/** The same server, another database. */
export function onDatabase(text, name) {
  const url = new URL(text);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Sends the script as one simple query, as the native engine does. */
export async function runScript(text, script) {
  const client = new pg.Client({ connectionString: readUrl(text).url });
  await client.connect();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}

/** Returns the name of the database. */
export async function createDatabase(text, { ifMissing = false } = {}) {
  const { adminUrl, name } = readUrl(text);
  try {
    await runScript(adminUrl, `create database ${quote(name)}`);
  } catch (error) {
    if (!(ifMissing && error.code === '42P04')) throw error;
  }
  return name;
}

export async function dropDatabase(text) {
  const { adminUrl, name } = readUrl(text);
  await runScript(adminUrl, `drop database if exists ${quote(name)} with (force)`);
}

/** Prisma's code and words for what went wrong; its own errors keep theirs. */
export function describeFailure(error, url) {
  if (error.code?.startsWith?.('P')) return { code: error.code, message: error.message };
  if (error.code === '3D000') {
    return { code: 'P1003', message: `Database \`${readUrl(url).name}\` does not exist` };
  }
  if (error.code === '28P01') return { code: 'P1000', message: 'Authentication failed' };
  const isUnreachable = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].includes(error.code);
  if (isUnreachable || error instanceof AggregateError) {
    return { code: 'P1001', message: `Can't reach database server at \`${new URL(url).host}\`` };
  }
  return { code: undefined, message: String(error.message ?? error) };
}

function quote(name) {
  return `"${name.replaceAll('"', '""')}"`;
}
