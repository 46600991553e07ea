import { execFileSync } from 'node:child_process';
import process from 'node:process';

/**
 * Ends a program and everything that it started. Its own group is killed; programs further down that left the group (an
 * instance for the browser tests, its database) are asked, so that each ends what it is responsible for.
 * Synchronous: it also runs while this process exits.
 */
export function endTree(pid: number): void {
  // Before the first of them is gone: orphans no longer say whose they were.
  const descendants = descendantsOf(pid);
  send(-pid, 'SIGKILL');
  for (const descendant of descendants) send(descendant, 'SIGTERM');
}

function descendantsOf(root: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const found = [...(childrenOf.get(root) ?? [])];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found;
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It has already ended.
  }
}
