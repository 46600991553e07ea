import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** Writes what was measured with the machine it was measured on: figures of another one say nothing about it. */
export async function writeResults(name: string, measured: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [cpu] = os.cpus();
  const result = {
    name,
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: os.availableParallelism(),
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      loadBefore: loadAtStart,
      system: `${os.type()} ${os.release()}`,
    },
    versions: { node: process.version, postgres: '18.4 (embedded, fsync on)' },
    ...measured,
  };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(result, rounded, 2)}\n`);
}

const loadAtStart = Math.round((os.loadavg()[0] ?? 0) * 10) / 10;

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
