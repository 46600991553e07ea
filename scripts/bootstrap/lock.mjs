import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from './project-root.mjs';

const lockFile = join(projectRoot, '.cache/bootstrap.lock');
const WAIT_SECONDS_MAX = 600;

/** Two commands started together must not install into the same folder at once. A dead owner's lock is taken over. */
export async function withBootstrapLock(work) {
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  await acquire();
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire() {
  for (let waited = 0; waited < WAIT_SECONDS_MAX * 5; waited += 1) {
    if (tryCreate()) return;
    if (waited === 5) process.stderr.write('Another command is installing; waiting for it.\n');
    await delay(200);
  }
  throw new Error(
    `Another command has been installing for ${WAIT_SECONDS_MAX} s. If none is, delete ${lockFile}.`,
  );
}

function tryCreate() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isOwnerDead()) rmSync(lockFile, { force: true });
  return false;
}

function isOwnerDead() {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    if (!pid) return false; // created this instant, not written yet
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
