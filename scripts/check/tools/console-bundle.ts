import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { buildConsole, consoleFolder } from '../../start/console-build.ts';
import type { StepResult } from '../step-result.ts';
import { budgetProblems } from './bundle-budget.ts';

/** Builds the console as `npm start` does and weighs what browsers will load. */
export async function runBundleCheck(): Promise<StepResult> {
  const startedAt = performance.now();
  const result = (problems: readonly string[], summary: string): StepResult => ({
    name: 'size of the console',
    passed: problems.length === 0,
    seconds: (performance.now() - startedAt) / 1000,
    summary,
    output: problems.join('\n'),
  });
  try {
    await buildConsole(process.execPath);
  } catch (error) {
    return result([error instanceof Error ? error.message : String(error)], 'not built');
  }
  const folder = join(consoleFolder, 'dist');
  const files = globSync('assets/**/*.*', { cwd: folder }).map((path) => ({
    path,
    gzipBytes: gzipSync(readFileSync(join(folder, path))).byteLength,
  }));
  if (files.length === 0) return result(['The build has no assets.'], 'not built');
  return result(
    budgetProblems(readFileSync(join(folder, 'index.html'), 'utf8'), files),
    `${files.length} files`,
  );
}
