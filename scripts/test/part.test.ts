import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { countPlaywright, countVitest } from './counts.ts';
import { judge, runPart } from './part.ts';

const ended = (code: number | null, timedOut = false) => ({ code, timedOut });

describe('the verdict on a part', () => {
  test('passing tests pass', () => {
    expect(judge({ passed: 3, failed: 0 }, ended(0), 60)).toEqual({ passed: 3, failed: 0, problem: null });
  });
  test('a part that ran no tests has failed', () => {
    expect(judge({ passed: 0, failed: 0 }, ended(0), 60)).toMatchObject({
      failed: 1,
      problem: 'ran no tests',
    });
  });
  test('a part without a report has failed', () => {
    expect(judge(null, ended(0), 60)).toMatchObject({ failed: 1 });
  });
  test('a runner that fails although every test passed has failed', () => {
    expect(judge({ passed: 3, failed: 0 }, ended(1), 60)).toMatchObject({ passed: 3, failed: 1 });
  });
  test('a part that was cut off has failed', () => {
    expect(judge(null, ended(null, true), 60)).toMatchObject({ failed: 1, problem: 'stopped after 60 s' });
  });
});

describe('reading reports', () => {
  test('a test file that cannot be loaded counts as one failure', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 4, failed: 2 });
  });
  test('a browser test that passes only when repeated counts as failed', () => {
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1 }, errors: [] };
    expect(countPlaywright(report)).toEqual({ passed: 5, failed: 2 });
  });
});

/** A runner like the one of the browser tests: what it starts has a group of its own and outlives it. */
const runnerWithInstance = (pidFile: string) => `
  const { pid } = require('node:child_process').spawn(
    process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'ignore' });
  require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(pid));
  setInterval(() => undefined, 1000);`;

test('what a part has started ends with it when its time is over', { timeout: 15_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'metergate-part-'));
  const pidFile = join(folder, 'pid');
  const part = {
    name: 'part-test',
    command: process.execPath,
    args: ['-e', runnerWithInstance(pidFile)],
    cwd: folder,
    reportFile: join(folder, 'report.json'),
    readCounts: () => ({ passed: 0, failed: 0 }),
  };
  const { problem } = await runPart(part, 3);
  expect(problem).toMatch(/^stopped after/);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await expect.poll(() => isAlive(pid), { timeout: 4_000 }).toBe(false);
  await rm(folder, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Where nobody collects orphans, a dead one keeps its number.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z ');
}
