import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { projectRoot } from '../bootstrap/project-root.mjs';
import type { Counts } from './counts.ts';
import { askTree, endTree } from './process-tree.ts';

/** One runner over one kind of tests. */
export interface Part {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  environment?: NodeJS.ProcessEnv;
  /** In front of each line, where another part writes at the same time. */
  prefix?: string;
  /** Where the runner writes its machine-readable report. */
  reportFile: string;
  readCounts(report: unknown): Counts;
}

export interface PartResult extends Counts {
  name: string;
  seconds: number;
  /** Set when the numbers alone do not say why the part failed. */
  problem: string | null;
}

/** For a part that was cut off, to end what it started in its order. */
const GRACE_MS = 10_000;

/** `disconnect`: the bootstrap is gone. */
const abandonEvents = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'];

export const logFolder = join(projectRoot, '.cache/test-logs');

/** Shows the runner's output as it comes, keeps it in a log, and takes the numbers from its report. */
export async function runPart(part: Part, secondsMax: number): Promise<PartResult> {
  mkdirSync(logFolder, { recursive: true });
  rmSync(part.reportFile, { force: true });
  const startedAt = performance.now();
  const ending = await runLogged(part, secondsMax);
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = readReport(part);
  return { name: part.name, seconds, ...judge(counts, ending, secondsMax) };
}

interface RunnerEnding {
  code: number | null;
  timedOut: boolean;
}

/** A part that ran nothing, was cut off, or failed without naming a failed test has still failed. */
export function judge(
  counts: Counts | null,
  ending: RunnerEnding,
  secondsMax: number,
): Counts & { problem: string | null } {
  const { passed, failed } = counts ?? { passed: 0, failed: 0 };
  const failedAtLeast = Math.max(failed, 1);
  if (ending.timedOut)
    return { passed, failed: failed + 1, problem: `stopped after ${Math.round(secondsMax)} s` };
  if (counts === null)
    return { passed, failed: failedAtLeast, problem: `no report (exit code ${ending.code})` };
  if (passed + failed === 0) return { passed, failed: failedAtLeast, problem: 'ran no tests' };
  if (ending.code !== 0 && failed === 0) {
    return {
      passed,
      failed: failedAtLeast,
      problem: `every test passed, but the runner ended with code ${ending.code}`,
    };
  }
  return { passed, failed, problem: null };
}

function runLogged(part: Part, secondsMax: number): Promise<RunnerEnding> {
  return new Promise((resolve, reject) => {
    const log = createWriteStream(join(logFolder, `${part.name}.log`));
    const child = spawn(part.command, part.args, {
      cwd: part.cwd,
      env: { ...process.env, ...part.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // An own group, so that what the runner started ends with it.
      detached: true,
    });
    let timedOut = false;
    const end = () => {
      if (child.pid !== undefined) endTree(child.pid);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) askTree(child.pid);
      hard = setTimeout(end, GRACE_MS);
    }, secondsMax * 1000);
    let hard: NodeJS.Timeout | undefined;
    const abandon = () => {
      end();
      process.exit(1);
    };
    process.once('exit', end);
    for (const event of abandonEvents) process.once(event, abandon);
    for (const stream of [child.stdout, child.stderr]) {
      show(stream, part.prefix);
      stream.pipe(log, { end: false });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(hard);
      process.off('exit', end);
      for (const event of abandonEvents) process.off(event, abandon);
      log.end(() => resolve({ code, timedOut }));
    });
  });
}

function show(stream: Readable, prefix: string | undefined): void {
  if (prefix === undefined) {
    stream.pipe(process.stdout, { end: false });
    return;
  }
  createInterface({ input: stream }).on('line', (line) => process.stdout.write(`${prefix}${line}\n`));
}

function readReport(part: Part): Counts | null {
  try {
    return part.readCounts(JSON.parse(readFileSync(part.reportFile, 'utf8')));
  } catch {
    return null;
  }
}
