import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ChdbServer {
  url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./chdb-http.ts', import.meta.url));

/** The ClickHouse engine in a process of its own, behind as much of its HTTP interface as the client needs. */
export async function startChdbServer(modulePath: string, port: number): Promise<ChdbServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-chdb-'));
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(process.execPath, [program, modulePath, path.join(folder, 'data'), String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.stdout !== null) await once(child.stdout, 'data');
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
