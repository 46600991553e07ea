#!/usr/bin/env node
// Stands in for Prisma's native `schema-engine` program: the same arguments and the same JSON-RPC lines on
// stdin and stdout, answered by Prisma's own engine compiled to WebAssembly, so that nothing is downloaded.
// Pinned to one exact version of Prisma; the drift test fails when they no longer fit together.
import readline from 'node:readline';
import { readArguments } from './schema-engine/arguments.mjs';
import { createDatabase, describeFailure, dropDatabase, runScript } from './schema-engine/database.mjs';
import { loadEngine, takePanic } from './schema-engine/engine.mjs';

const options = readArguments(process.argv.slice(2));

if (options.wantsVersion) console.log('schema-engine-cli (WebAssembly)');
else if (options.command !== undefined) await runCommand(options.command);
else serve();

/** `schema-engine cli <command>`: one task, then exit. */
async function runCommand(command) {
  const url = options.datasource?.url;
  try {
    if (command === 'can-connect-to-database') await runScript(url, 'select 1');
    else if (command === 'create-database') await createDatabase(url);
    else if (command === 'drop-database') await dropDatabase(url);
  } catch (error) {
    const { code, message } = describeFailure(error, url);
    process.stderr.write('\n');
    logError(message, code);
    process.exitCode = 1;
  }
}

/** One request per line, answered in order. */
function serve() {
  let pending = Promise.resolve();
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    const request = line.trim() === '' ? {} : JSON.parse(line);
    if (request.method !== undefined) pending = pending.then(() => answer(request));
  });
  lines.on('close', () => pending.finally(() => process.exit(0)));
}

async function answer({ id, method, params }) {
  try {
    const result = toPlain(await call(method, params));
    if (method === 'diff' && typeof result?.stdout === 'string') {
      // The native engine prints through a request of its own.
      send({ jsonrpc: '2.0', id: 1_000_000 + id, method: 'print', params: { content: result.stdout } });
      send({ jsonrpc: '2.0', id, result: { exitCode: result.exitCode, stdout: null } });
    } else {
      send({ jsonrpc: '2.0', id, result });
    }
  } catch (error) {
    const panic = takePanic();
    if (panic !== undefined) {
      logError(panic);
      process.exit(101);
    }
    const { code, message } = describeFailure(error, options.datasource?.url);
    const data = { is_panic: false, message, meta: error.meta ?? null, error_code: code ?? null };
    const text = 'An error happened. Check the data field for details.';
    send({ jsonrpc: '2.0', id, error: { code: 4466, message: text, data } });
  }
}

async function call(method, params) {
  const url = options.datasource?.url;
  switch (method) {
    case 'createDatabase':
      return { databaseName: await createDatabase(url, { ifMissing: true }) };
    case 'ensureConnectionValidity':
      await runScript(url, 'select 1');
      return {};
    case 'dbExecute':
      await runScript(url, params.script);
      return null;
    default: {
      const engine = await loadEngine(options);
      const name = method === 'getDatabaseVersion' ? 'version' : method;
      if (typeof engine[name] !== 'function') throw new Error(`unsupported method ${method}`);
      return (await engine[name](params)) ?? null;
    }
  }
}

/** The engine answers with maps, JSON needs objects. */
function toPlain(value) {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, entry]) => [key, toPlain(entry)]));
  if (Array.isArray(value)) return value.map(toPlain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toPlain(entry)]));
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** The form in which the CLI expects errors on stderr. */
function logError(message, code) {
  const fields = { message, error_code: code };
  const entry = {
    level: 'ERROR',
    target: 'schema_engine::logger',
    fields,
    timestamp: new Date().toISOString(),
  };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}
