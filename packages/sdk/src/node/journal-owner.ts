import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';

/** Who writes a segment. The start of the process tells it from a later one with the same number. */
export interface JournalOwner {
  host: string;
  pid: number;
  /** In ticks since the machine started; '' where the system does not tell. */
  start: string;
}

export const releasedOwner = '0.0.0';

/** Nobody can ask whether a process of another host still runs. */
const foreignMsMin = 10 * 60_000;
const host = hostname().replaceAll(/[^a-zA-Z0-9]/g, '-');

export async function ownerHere(): Promise<string> {
  return [process.pid, await startOf(process.pid), host].join('.');
}

export function ownerOf(text: string): JournalOwner {
  const [pid = '', start = '', ownHost = ''] = text.split('.');
  return { pid: Number(pid), start, host: ownHost };
}

/** Whether nobody will deliver it any more, unless somebody takes it over. */
export async function isOrphan(owner: JournalOwner, untouchedMs: number): Promise<boolean> {
  if (owner.pid === 0) return true;
  if (owner.host !== host) return untouchedMs > foreignMsMin;
  if (!isRunning(owner.pid)) return true;
  return (await startOf(owner.pid)) !== owner.start;
}

/** Signal 0 only asks; who may not ask is told that there is somebody. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of Linux's `stat`; the name in the second one may hold spaces. Nothing comes back from a zombie. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
}
