import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** uid and gid of `nobody` on Linux and macOS alike. */
const nobody = 65534;

/** The folder that holds copies which an unprivileged user must be able to reach. */
const publicDir = '/var/tmp/metergate-postgres';

export type RunAsKind = 'plain' | 'namespace' | 'copy';

/** How to run the binaries, given that PostgreSQL refuses to run as root. */
export interface RunAs {
  kind: RunAsKind;
  nativeDir: string;
  /** Where the cluster lives; differs from the wanted folder only when it had to be moved. */
  clusterDir: string;
  /** Wraps a command line. */
  command(program: string, args: readonly string[]): { file: string; args: string[] };
  /** Set when the process must change its user. */
  uid?: number;
  gid?: number;
}

/**
 * Chooses how to run: an ordinary user runs the binaries as they are; root enters a user namespace (works below
 * a private parent folder, creates no user); where namespaces are blocked, binaries and data move to a readable
 * folder and run as `nobody`.
 */
export async function chooseRunAs(input: {
  nativeDir: string;
  clusterDir: string;
  force?: RunAsKind;
}): Promise<RunAs> {
  const { nativeDir, clusterDir, force } = input;
  if (force === 'plain' || (force === undefined && canRunPlain())) return plain(nativeDir, clusterDir);
  if (force === 'namespace' || (force === undefined && (await namespaceWorks(nativeDir, clusterDir)))) {
    return inNamespace(nativeDir, clusterDir);
  }
  return await copied(nativeDir, clusterDir);
}

/** Neither root nor a user id without a name (a container's `--user 12345`): initdb looks its user up. */
function canRunPlain(): boolean {
  if (process.getuid?.() === 0) return false;
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function plain(nativeDir: string, clusterDir: string): RunAs {
  return {
    kind: 'plain',
    nativeDir,
    clusterDir,
    command: (program, args) => ({ file: path.join(nativeDir, 'bin', program), args: [...args] }),
  };
}

// nobody exists everywhere; a mapped id without a name would fail like above.
const unshareArgs = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];

function inNamespace(nativeDir: string, clusterDir: string): RunAs {
  return {
    kind: 'namespace',
    nativeDir,
    clusterDir,
    command: (program, args) => ({
      file: 'unshare',
      args: [...unshareArgs, path.join(nativeDir, 'bin', program), ...args],
    }),
  };
}

async function namespaceWorks(nativeDir: string, clusterDir: string): Promise<boolean> {
  // Inside the namespace root loses its right to pass by file permissions, so the folder is tried as well.
  const probe = 'test -w "$1" && exec "$0" --version';
  const shell = ['sh', '-c', probe, path.join(nativeDir, 'bin', 'postgres'), clusterDir];
  return await run('unshare', [...unshareArgs, ...shell]).then(
    () => true,
    () => false,
  );
}

async function copied(nativeDir: string, clusterDir: string): Promise<RunAs> {
  await mkdir(publicDir, { recursive: true });
  await chmod(publicDir, 0o755);
  const binaries = path.join(publicDir, `binaries-${digest(nativeDir)}`);
  if (!existsSync(binaries)) {
    const draft = `${binaries}.${process.pid}`;
    // `dereference` would break the library links.
    await cp(nativeDir, draft, { recursive: true, verbatimSymlinks: true });
    await openFolders(draft);
    await rename(draft, binaries).catch(() => rm(draft, { recursive: true, force: true }));
  }
  const moved = movedClusterDir(clusterDir);
  await mkdir(moved, { recursive: true });
  await chown(moved, nobody, nobody);
  await chmod(moved, 0o700);
  return { ...plain(binaries, moved), kind: 'copy', uid: nobody, gid: nobody };
}

/** Where the data of a cluster lives when it had to move to a folder that everybody can reach. */
export function movedClusterDir(clusterDir: string): string {
  return path.join(publicDir, `cluster-${digest(clusterDir)}`);
}

/** The copy may inherit a strict umask; everybody needs to read and enter. */
async function openFolders(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || path.basename(entry.parentPath) === 'bin';
    await chmod(path.join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
