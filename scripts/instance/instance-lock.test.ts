import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireInstanceLock, findLiveInstance } from './instance-lock.ts';
import { identityOf } from './process-identity.ts';

const PORT = 4000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metergate-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lockFile = () => join(folder, 'instance.json');

test('the first instance owns the folder until it releases it', async () => {
  const lock = await acquireInstanceLock(folder, PORT);
  expect(findLiveInstance(folder)).toMatchObject({ pid: process.pid, port: PORT, phase: 'starting' });
  lock.setPhase('running');
  expect(findLiveInstance(folder)).toMatchObject({ phase: 'running' });
  lock.release();
  expect(findLiveInstance(folder)).toBeNull();
});

test('a second instance is refused with one line that says where the first one is', async () => {
  const lock = await acquireInstanceLock(folder, PORT);
  lock.setPhase('running');
  await expect(acquireInstanceLock(folder, PORT)).rejects.toThrow(/^Metergate already runs at .*:4000 .*$/);
});

test('a dead owner is taken over, also when its process id belongs to another process now', async () => {
  writeFileSync(
    lockFile(),
    JSON.stringify({ pid: process.pid, startedAt: 'long ago', port: PORT, phase: 'running' }),
  );
  await acquireInstanceLock(folder, PORT);
  expect(findLiveInstance(folder)).toMatchObject({ pid: process.pid, phase: 'starting' });
});

test('of two that find the same dead owner only one takes over', async () => {
  writeFileSync(
    lockFile(),
    JSON.stringify({ pid: 999_999_999, startedAt: '1', port: PORT, phase: 'running' }),
  );
  const outcomes = await Promise.allSettled([
    acquireInstanceLock(folder, PORT),
    acquireInstanceLock(folder, PORT),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a stopping owner is waited for', async () => {
  const owner = spawn('sleep', ['0.4']);
  const identity = identityOf(owner.pid ?? 0);
  writeFileSync(lockFile(), JSON.stringify({ ...identity, port: PORT, phase: 'stopping' }));
  await acquireInstanceLock(folder, PORT);
  expect(identityOf(owner.pid ?? 0)).toBeNull();
});

test('an unreadable lock is reported instead of being ignored', async () => {
  writeFileSync(lockFile(), '{');
  await expect(acquireInstanceLock(folder, PORT)).rejects.toThrow(/cannot be read/);
});
