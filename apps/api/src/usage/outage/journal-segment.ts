import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Being written; complete and waiting to be carried over; carried over, its thresholds not told yet; kept as evidence. */
export type SegmentState = 'open' | 'sealed' | 'carried' | 'reconciled';

export const segmentEnds: Readonly<Record<SegmentState, string>> = {
  open: '.open.jsonl',
  sealed: '.sealed.jsonl',
  carried: '.carried.jsonl',
  reconciled: '.reconciled.jsonl',
};

/** Named by when it was begun and by whom: `<id>~<pid>.<start of the process>.open.jsonl`. */
export function newSegment(id: string): string {
  return `${id}~${process.pid}.${startOf(process.pid)}${segmentEnds.open}`;
}

export function inState(name: string, from: SegmentState, to: SegmentState): string {
  return name.slice(0, -segmentEnds[from].length) + segmentEnds[to];
}

/** The oldest first: what one process has granted another one may have settled. */
export function byAge(a: string, b: string): number {
  const [first, second] = [idOf(a), idOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** Whether the process that began it still runs; a later one with the same number is another. */
export function hasLivingWriter(name: string): boolean {
  const [pid = '', start = ''] = (/~(\d+)\.(\d*)/.exec(name) ?? /^(\d+)-/.exec(name))?.slice(1) ?? [];
  if (Number(pid) === process.pid) return name.includes('~') && start === startOf(process.pid);
  return isRunning(Number(pid)) && (start === '' || start === startOf(Number(pid)));
}

/** Ids grow with time. Names of an earlier version begin with the process. */
function idOf(name: string): string {
  return name.includes('~') ? (name.split('~')[0] ?? '') : name.slice(name.indexOf('-') + 1);
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

/** In ticks since the machine started, the 22nd field of Linux's `stat`; '' where the system does not tell. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
