import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './run-as.ts';

const run = promisify(execFile);

/** Name of the bootstrap superuser; the application never connects as it. */
export const superuser = 'postgres';

/** The cluster's files below the data folder. */
export function clusterPaths(runAs: Pick<RunAs, 'clusterDir'>) {
  const dir = runAs.clusterDir;
  return {
    data: path.join(dir, 'pg'),
    draft: path.join(dir, 'pg.init'),
    secret: path.join(dir, 'secret'),
    passwordFile: path.join(dir, 'password.init'),
    port: path.join(dir, 'port'),
    log: path.join(dir, 'postgres.log'),
  };
}

/** One password per role, derived from the cluster's only secret. */
export function passwordFor(secret: string, role: string): string {
  return createHmac('sha256', secret).update(role).digest('hex');
}

/**
 * Creates the cluster once, empty or as a copy of a stopped one; whoever is killed meanwhile leaves only the draft
 * folder, which the next start replaces.
 */
export async function ensureCluster(runAs: RunAs, template?: string): Promise<{ secret: string }> {
  const paths = clusterPaths(runAs);
  if (existsSync(paths.data)) return { secret: await readFile(paths.secret, 'utf8') };
  await rm(paths.draft, { recursive: true, force: true });
  if (template !== undefined) return await copyCluster(paths, clusterPaths({ clusterDir: template }));
  const secret = randomBytes(32).toString('hex');
  await writeFile(paths.secret, secret, { mode: 0o600 });
  // initdb cannot read the password from Node's stdin, which is a socket.
  await writeFile(paths.passwordFile, passwordFor(secret, superuser), { mode: 0o600 });
  await mkdir(paths.draft, { mode: 0o700 });
  await giveTo(runAs, [paths.passwordFile, paths.draft]);
  try {
    await initdb(runAs, paths);
  } finally {
    await rm(paths.passwordFile, { force: true });
  }
  await rename(paths.draft, paths.data);
  return { secret };
}

/** Owners and modes are kept: PostgreSQL refuses a folder of somebody else. */
async function copyCluster(to: ClusterPaths, from: ClusterPaths): Promise<{ secret: string }> {
  if (existsSync(path.join(from.data, 'postmaster.pid'))) throw new Error(`${from.data} was not stopped`);
  const secret = await readFile(from.secret, 'utf8');
  await run('cp', ['-Rp', from.data, to.draft]);
  await writeFile(to.secret, secret, { mode: 0o600 });
  await rename(to.draft, to.data);
  return { secret };
}

type ClusterPaths = ReturnType<typeof clusterPaths>;

async function initdb(runAs: RunAs, paths: ClusterPaths): Promise<void> {
  const { file, args } = runAs.command('initdb', [
    '-D',
    paths.draft,
    '-U',
    superuser,
    '-A',
    'scram-sha-256',
    `--pwfile=${paths.passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ]);
  try {
    await run(file, args, {
      cwd: '/',
      ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
    });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`PostgreSQL could not create its data folder ${paths.draft}: ${output.trim()}`, {
      cause: error,
    });
  }
}

async function giveTo(runAs: RunAs, files: readonly string[]): Promise<void> {
  if (runAs.uid === undefined || runAs.gid === undefined) return;
  for (const file of files) await chown(file, runAs.uid, runAs.gid);
}
