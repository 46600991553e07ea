import { readFile } from 'node:fs/promises';
import path from 'node:path';

export type ProcessState = 'gone' | 'zombie' | 'postgres' | 'other';

/** What the pid is now; a reused pid (typical after a container restart) is `other`. */
export async function processState(pid: number): Promise<ProcessState> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'gone';
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Without /proc (macOS) a live pid from the lock file is taken for the server.
  if (stat === undefined) return process.platform === 'linux' ? 'gone' : 'postgres';
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  if (state === 'Z') return 'zombie';
  return name === 'postgres' ? 'postgres' : 'other';
}

/** First line of the server's own lock file; undefined when there is none. */
export async function readServerPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Waits until the process is gone or a zombie; false after the time limit. */
export async function waitForExit(pid: number, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += 20) {
    const state = await processState(pid);
    if (state !== 'postgres') return true;
    await sleep(20);
  }
  return false;
}

/** Gives the parent of a dead process two seconds to collect it. */
export async function stateAfterReaping(pid: number): Promise<ProcessState> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const state = await processState(pid);
    if (state !== 'zombie') return state;
    await sleep(20);
  }
  return 'zombie';
}

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
