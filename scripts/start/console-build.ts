import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../bootstrap/project-root.mjs';
import { runStep } from '../bootstrap/run-step.mjs';
import { hashOf, isStamped, writeStamp } from '../bootstrap/stamp.mjs';

const consoleFolder = join(projectRoot, 'apps/console');
const viteProgram = 'node_modules/vite/bin/vite.js';
// Inside the result: whoever deletes it also deletes the claim that it is up to date.
const stampFile = join(consoleFolder, 'dist/.built-from');

/** Builds the console when anything it is made of changed: its sources, core's, and the API's types do not matter. */
export async function buildConsole(node: string): Promise<void> {
  const sourceHash = hashOf([
    consoleFolder,
    join(projectRoot, 'packages/core/src'),
    join(projectRoot, 'pnpm-lock.yaml'),
  ]);
  if (isStamped(stampFile, sourceHash)) return;
  await runStep('Building the console', [node, viteProgram, 'build'], consoleFolder);
  writeStamp(stampFile, sourceHash);
}

export function hasConsole(): boolean {
  return existsSync(join(consoleFolder, 'index.html'));
}

export { consoleFolder, viteProgram };
