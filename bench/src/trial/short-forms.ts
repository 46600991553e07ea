import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { migrate } from '@metergate/db';
import { removeEmbedded, startEmbedded } from '@metergate/db/embedded';
import { bundleApi } from './bundle-api.ts';

const faults = fileURLToPath(new URL('../faults/', import.meta.url));
/** A program that hangs must not take the others' time; the longest needs half of it on a busy machine. */
const programMsMax = 420_000;
/** What a stopped program may need to end its processes. */
const graceMs = 15_000;

/** P22 needs an installed PostgreSQL with `pg_dump`: it is rehearsed by operators, not in every run. */
const notShort = ['p22'];
/** Whoever takes longest begins first, so that none runs alone in the end. */
const longestFirst = ['p14', 'p15', 'p04', 'p12', 'p03', 'p01', 'p06', 'p13', 'p19', 'p11'];

export interface Outcome {
  name: string;
  holds: boolean;
  seconds: number;
  output: string;
}

/** Every `pNN` of the folder, so that a new program cannot be forgotten. */
export async function shortForms(): Promise<string[]> {
  const names = (await readdir(faults)).flatMap((file) => /^(p\d\d)\.ts$/.exec(file)?.[1] ?? []);
  const rank = (name: string) => (longestFirst.includes(name) ? longestFirst.indexOf(name) : names.length);
  return names
    .filter((name) => !notShort.includes(name))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Runs the programs a few at a time, each with processes and a copy of one migrated cluster of its own. */
export async function runShortForms(
  names: readonly string[],
  { atOnce, tell }: { atOnce: number; tell: (outcome: Outcome) => void },
): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-trials-'));
  const dataDir = path.join(folder, 'template');
  const tidy = async () => {
    await removeEmbedded(dataDir);
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void tidy().finally(() => process.exit(1)));
  }
  try {
    const [template, api] = await Promise.all([makeTemplate(dataDir), bundleApi(path.join(folder, 'api'))]);
    // What dozens of processes would each do for themselves.
    const shared = { TRIAL_TEMPLATE: template, TRIAL_API: api };
    const waiting = [...names];
    const runner = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        tell(await runProgram(name, shared));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, runner));
  } finally {
    await tidy();
  }
}

/** A stopped cluster with an empty, migrated database. */
async function makeTemplate(dataDir: string): Promise<string> {
  const server = await startEmbedded({ dataDir });
  await migrate({ ownerUrl: server.ownerUrl });
  await server.stop();
  return server.clusterDir;
}

function runProgram(name: string, shared: Readonly<Record<string, string>>): Promise<Outcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [path.join(faults, `${name}.ts`)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...shared },
    });
    const stop = setTimeout(() => {
      output += `stopped after ${programMsMax / 1000} s\n`;
      child.kill('SIGTERM');
      hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
    }, programMsMax);
    let hard: NodeJS.Timeout | undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    }
    child.on('exit', (code) => {
      clearTimeout(stop);
      clearTimeout(hard);
      resolve({ name, holds: code === 0, seconds: (performance.now() - startedAt) / 1000, output });
    });
  });
}
