import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { projectRoot } from './project-root.mjs';
import { runStep } from './run-step.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';

const stampFile = join(projectRoot, 'node_modules/.installed-from');

/**
 * Installs exactly what the lockfile says, and only when it changed: `npx` alone waits for minutes without a network.
 * Corepack is not used because its signature check fails with current package managers.
 */
export async function installDependencies() {
  const lockHash = hashOf([join(projectRoot, 'pnpm-lock.yaml')], `${process.platform}-${process.arch}`);
  if (isStamped(stampFile, lockHash)) return;
  const { packageManager } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  rmSync(stampFile, { force: true });
  const pnpm = packageManager.split('+')[0];
  await runStep('Installing dependencies', ['npx', '-y', pnpm, 'install', '--frozen-lockfile']);
  writeStamp(stampFile, lockHash);
}
