import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../bootstrap/project-root.mjs';

const LOG_BYTES_MAX = 20_000_000;
const FIRST_LINES_COUNT = 8;
const LAST_LINES_COUNT = 12;
const preload = pathToFileURL(join(projectRoot, 'scripts/start/exit-with-parent.ts')).href;

/** Compiling the sources is half of what a program needs until it listens; the second one that loads a file is spared it. */
const compileCache = join(projectRoot, '.cache/compiled');

export interface ChildOptions {
  name: string;
  /** Arguments of node; the first that is no flag is the program. */
  args: readonly string[];
  cwd?: string;
  environment: NodeJS.ProcessEnv;
  /** `file` keeps the terminal for people, `terminal` is for development and for programs that report progress. */
  output: { to: 'file'; folder: string } | { to: 'terminal' };
}

export interface Child {
  name: string;
  /** Settles when the process has ended, with what a person should be told about it. */
  ended: Promise<Ending>;
  /** SIGTERM, and SIGKILL after the grace period. Calling it again is harmless. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

export interface Ending {
  code: number | null;
  description: string;
}

export function startChild(options: ChildOptions): Child {
  const log = options.output.to === 'file' ? openLog(options.output.folder, options.name) : null;
  const output = log?.descriptor ?? 'inherit';
  const child = spawn(process.execPath, ['--import', preload, ...options.args], {
    cwd: options.cwd ?? projectRoot,
    env: { NODE_COMPILE_CACHE: compileCache, ...options.environment },
    // A file, not a pipe: a child can still write its last words when the supervisor has been killed.
    stdio: ['ignore', output, output, 'ipc'],
    // An own group, so that Ctrl-C reaches the supervisor alone and everything stops in its order.
    detached: true,
  });
  if (log) closeSync(log.descriptor);
  const ended = endOf(child, options.name, log);
  return {
    name: options.name,
    ended,
    async stop(graceMs) {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(hard);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function endOf(child: ChildProcess, name: string, log: Log | null): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve({ code: null, description: `${name} did not start: ${error.message}` }),
    );
    child.once('exit', (code, signal) => {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      resolve({ code, description: `${name} ended ${how}.${excerptOf(log)}` });
    });
  });
}

interface Log {
  file: string;
  descriptor: number;
  /** Where this run's output begins. */
  startsAt: number;
}

function openLog(folder: string, name: string): Log {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const isFull = size > LOG_BYTES_MAX;
  if (isFull) renameSync(file, `${file}.1`);
  return { file, descriptor: openSync(file, 'a', 0o600), startsAt: isFull ? 0 : size };
}

/** The first lines name the cause, the last ones what was being done. */
function excerptOf(log: Log | null): string {
  if (log === null) return '';
  const written = readFileSync(log.file).subarray(log.startsAt).toString('utf8').trim();
  const lines = written.split('\n');
  const isLong = lines.length > FIRST_LINES_COUNT + LAST_LINES_COUNT;
  const shown = isLong
    ? [...lines.slice(0, FIRST_LINES_COUNT), '…', ...lines.slice(-LAST_LINES_COUNT)]
    : lines;
  return ` From ${log.file}:\n${shown.map((line) => `  ${line.slice(0, 300)}`).join('\n')}`;
}
