import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../bootstrap/project-root.mjs';
import { runStep } from '../bootstrap/run-step.mjs';
import { hashOf, isStamped, writeStamp } from '../bootstrap/stamp.mjs';
import { StartProblem } from '../instance/start-problem.ts';
import { type ChildOptions, startChild } from './child.ts';
import type { RunControl } from './run-control.ts';

const STOP_GRACE_MS = 2_000;
const consoleFolder = join(projectRoot, 'apps/console');
const viteProgram = 'node_modules/vite/bin/vite.js';
// Inside the result: whoever deletes it also deletes the claim that it is up to date.
const stampFile = join(consoleFolder, 'dist/.built-from');

/** Builds the console when anything it is made of changed: its sources, core's, and the API's types do not matter. */
export async function buildConsole(node: string): Promise<void> {
  const sources = hashOfSources();
  if (isStamped(stampFile, sources)) return;
  await runStep('Building the console', [node, viteProgram, 'build'], consoleFolder);
  writeStamp(stampFile, sources);
}

/** The same as a part of a run, beside which others start; a stop of the run ends it too. */
export async function buildConsoleInRun(
  control: RunControl,
  { environment, output }: Pick<ChildOptions, 'environment' | 'output'>,
): Promise<void> {
  const sources = hashOfSources();
  if (isStamped(stampFile, sources)) return;
  console.error('Building the console');
  const build = startChild({
    name: 'console-build',
    args: [viteProgram, 'build'],
    cwd: consoleFolder,
    environment: { ...environment, CI: '1' },
    output,
  });
  control.register({ name: build.name, stop: () => build.stop(STOP_GRACE_MS), kill: build.kill });
  const { code, description } = await build.ended;
  control.continueUnlessStopping();
  if (code !== 0) throw new StartProblem(`The console could not be built: ${description}`);
  writeStamp(stampFile, sources);
}

function hashOfSources(): string {
  return hashOf([consoleFolder, join(projectRoot, 'packages/core/src'), join(projectRoot, 'pnpm-lock.yaml')]);
}

export function hasConsole(): boolean {
  return existsSync(join(consoleFolder, 'index.html'));
}

export { consoleFolder, viteProgram };
