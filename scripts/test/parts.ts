import { join } from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/project-root.mjs';
import { ensureBrowser } from '../ensure-browser.mjs';
import { type Counts, countPlaywright, countVitest } from './counts.ts';
import { logFolder, type Part } from './part.ts';

export function vitestPart(name: 'unit' | 'integration' | 'engines', filters: readonly string[]): Part {
  const reportFile = join(logFolder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  return {
    name,
    command: process.execPath,
    args: [
      join(projectRoot, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      name,
      ...reporters,
      ...filters,
    ],
    cwd: projectRoot,
    environment: { CI: '1' },
    reportFile,
    readCounts: countVitest,
  };
}

/** The short form of every promise; beside the browser tests, which wait more than they compute. */
export function promisesPart(): Part {
  const reportFile = join(logFolder, 'promises.json');
  return {
    name: 'promises',
    command: process.execPath,
    args: ['bench/src/faults/all.ts', '--report', reportFile],
    cwd: projectRoot,
    prefix: 'promises: ',
    reportFile,
    readCounts: (report) => report as Counts,
  };
}

/** Looks for a browser first, because that may take a while and has its own clear errors. */
export async function endToEndPart(filters: readonly string[]): Promise<Part> {
  const browser = await ensureBrowser();
  const reportFile = join(logFolder, 'e2e.json');
  return {
    name: 'e2e',
    command: process.execPath,
    args: ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...filters],
    cwd: join(projectRoot, 'e2e'),
    environment: {
      CI: '1',
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile,
      ...(browser === null ? {} : { E2E_CHROMIUM: browser }),
    },
    reportFile,
    readCounts: countPlaywright,
  };
}
