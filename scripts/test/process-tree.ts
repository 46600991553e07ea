import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

/** Asks a program and everything that it started to end; each removes what it has made. */
export function askTree(pid: number): void {
  for (const member of [...descendantsOf(pid), pid]) send(member, 'SIGTERM');
}

/**
 * Ends a program and everything that it started at once. Its own group is killed; programs further down that left the group (an
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
  for (const [pid, parent] of existsSync('/proc/self/stat') ? parentsFromProc() : parentsFromPs()) {
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const found = [...(childrenOf.get(root) ?? [])];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found;
}

type Parenthood = [pid: number, parent: number];

/** Linux: a bare machine has no `ps`. A name may hold spaces and parentheses, so the fields are read after its end. */
function parentsFromProc(): Parenthood[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Parenthood[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [[Number(name), Number(parent)]];
      } catch {
        // It ended while we were looking.
        return [];
      }
    });
}

function parentsFromPs(): Parenthood[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return [pid, parent];
  });
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It has already ended.
  }
}
