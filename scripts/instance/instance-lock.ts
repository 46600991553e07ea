import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import { StartProblem } from './start-problem.ts';

export type InstancePhase = 'starting' | 'running' | 'stopping';

export interface Instance extends ProcessIdentity {
  port: number;
  phase: InstancePhase;
}

export interface InstanceLock {
  setPhase(phase: InstancePhase): void;
  release(): void;
}

const STOPPING_WAIT_SECONDS_MAX = 60;
const POLL_MS = 100;

/**
 * Takes the data folder for the whole life of this process: with a lock held only while starting, a second start
 * would adopt a database that the first one is about to stop. A dead owner is taken over, a stopping one waited for.
 */
export async function acquireInstanceLock(dataFolder: string, port: number): Promise<InstanceLock> {
  mkdirSync(dataFolder, { recursive: true });
  const file = lockFileOf(dataFolder);
  const identity = identityOf(process.pid);
  if (identity === null) throw new Error('This process cannot see its own start time.');
  const own: Instance = { ...identity, port, phase: 'starting' };
  for (let waitedMs = 0; waitedMs < STOPPING_WAIT_SECONDS_MAX * 1000; waitedMs += POLL_MS) {
    if (tryLink(file, own)) return lockHeldBy(file, own);
    const owner = readOwner(file);
    if (owner === null) continue;
    if (!isAlive(owner)) removeDead(file, owner);
    else if (owner.phase === 'stopping') await waitForStopping(owner, waitedMs);
    else throw new StartProblem(alreadyRuns(owner));
  }
  throw new StartProblem('The previous instance has not stopped for a minute. Please end it and try again.');
}

/** The instance that owns the folder and lives, or null. */
export function findLiveInstance(dataFolder: string): Instance | null {
  const owner = readOwner(lockFileOf(dataFolder));
  return owner !== null && isAlive(owner) ? owner : null;
}

function lockFileOf(dataFolder: string): string {
  return join(dataFolder, 'instance.json');
}

function alreadyRuns({ pid, port, phase }: Instance): string {
  const doing = phase === 'starting' ? 'is already starting' : 'already runs';
  return `Metergate ${doing} at http://127.0.0.1:${port} (process ${pid}). Stop it first, or set DATA_DIR and PORT.`;
}

/** `link` fails when the name exists and never shows a half-written file. */
function tryLink(file: string, own: Instance): boolean {
  const complete = `${file}.${process.pid}`;
  writeFileSync(complete, JSON.stringify(own));
  try {
    linkSync(complete, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(complete, { force: true });
  }
}

function readOwner(file: string): Instance | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new StartProblem(`${file} cannot be read. If nothing runs in ${dirname(file)}, delete it.`);
  }
}

/** Two starters may both find the same dead owner: what was moved away is looked at again, and put back if it lives. */
function removeDead(file: string, dead: Instance): void {
  const moved = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const found = readOwner(moved);
  if (found !== null && (found.pid !== dead.pid || found.startedAt !== dead.startedAt)) linkSync(moved, file);
  rmSync(moved, { force: true });
}

async function waitForStopping(owner: Instance, waitedMs: number): Promise<void> {
  if (waitedMs === 0) console.error(`Waiting for the previous instance (process ${owner.pid}) to stop …`);
  await delay(POLL_MS);
}

function lockHeldBy(file: string, own: Instance): InstanceLock {
  const isOurs = () => {
    const owner = readOwner(file);
    return owner !== null && owner.pid === own.pid && owner.startedAt === own.startedAt;
  };
  return {
    setPhase(phase) {
      if (!isOurs()) throw new StartProblem(`Another instance has taken ${dirname(file)}.`);
      const next = `${file}.next.${process.pid}`;
      writeFileSync(next, JSON.stringify({ ...own, phase }));
      renameSync(next, file);
    },
    release() {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
