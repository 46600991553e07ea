// The one entry of every `npm run` script. Needs nothing but Node >= 20 and npm: installs what is missing, then
// runs scripts/main.ts under the Node that the lockfile pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { generateDatabaseClient } from './bootstrap/database-client.mjs';
import { installDependencies } from './bootstrap/dependencies.mjs';
import { withBootstrapLock } from './bootstrap/lock.mjs';
import { projectRoot } from './bootstrap/project-root.mjs';

/** Type stripping without a flag came with 22.18; the pinned Node is newer. */
const OLDEST_NODE_FOR_TYPESCRIPT = [22, 18];

const quietTools = {
  BETTER_AUTH_TELEMETRY: '0',
  CHECKPOINT_DISABLE: '1',
  DO_NOT_TRACK: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  // `prisma generate` never runs the schema engine; naming one keeps Prisma from downloading it.
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  TURBO_TELEMETRY_DISABLED: '1',
};

function findNode() {
  const pinned = join(projectRoot, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE_FOR_TYPESCRIPT;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath;
  throw new Error(
    `Node ${process.versions.node} is too old, and no newer one comes with the project for ` +
      `${process.platform}-${process.arch}. Please install Node ${OLDEST_NODE_FOR_TYPESCRIPT.join('.')} or later.`,
  );
}

/** Both processes are in one terminal and both get Ctrl-C; only signals sent to this one alone are passed on. */
function passSignalsOn(child) {
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

function runMode(args) {
  const child = spawn(findNode(), [join(projectRoot, 'scripts/main.ts'), ...args], {
    cwd: projectRoot,
    // The channel tells the mode that this process is gone, even when it was killed without a chance to say so.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  passSignalsOn(child);
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1);
  });
}

function fail(error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function main() {
  process.chdir(projectRoot);
  Object.assign(process.env, quietTools, {
    PATH: `${join(projectRoot, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  });
  await withBootstrapLock(async () => {
    await installDependencies();
    await generateDatabaseClient(findNode());
  });
  runMode(process.argv.slice(2));
}

main().catch(fail);
