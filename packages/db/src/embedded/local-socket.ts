import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunAs } from './run-as.ts';

type Cluster = Pick<RunAs, 'clusterDir'>;

/** What the system takes as the name of a socket: 104 bytes with the final zero on macOS, 108 on Linux. */
const socketNameBytesMax = 103;
const prefix = '.s.PGSQL.';

/**
 * Where the server makes its socket; `undefined` where its name would be too long, or would be read as a list. A
 * question and its answer cost half as much processor through a socket as over the loopback network.
 */
export function socketFolder({ clusterDir }: Cluster): string | undefined {
  const isShort = Buffer.byteLength(path.join(clusterDir, `${prefix}65535`)) <= socketNameBytesMax;
  return isShort && !/[",]/.test(clusterDir) ? clusterDir : undefined;
}

/** The part of a connection string that prefers the socket; empty for a server that has none. */
export function socketParameter(cluster: Cluster, port: number): string {
  const folder = socketFolder(cluster);
  if (folder === undefined || !existsSync(path.join(folder, `${prefix}${port}`))) return '';
  return `?host=${encodeURIComponent(folder)}`;
}

/** What a server that was killed has left behind; each has its own port in its name. */
export async function removeSockets({ clusterDir }: Cluster): Promise<void> {
  for (const name of await readdir(clusterDir)) {
    if (name.startsWith(prefix)) await rm(path.join(clusterDir, name), { force: true });
  }
}
