import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface RedisServer {
  url: string;
  /** The server goes on living and stops answering, like a machine that hangs. */
  hang(): void;
  goOn(): void;
  /** Ends it at once; `start` brings an empty one back under the same address. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A real Redis of its own on a port of 127.0.0.1, without persistence. */
export async function startRedisServer(binary: string, port: number): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-redis-'));
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await readyLine(child);
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    hang: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function readyLine({ stdout, pid }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout?.on('data', (chunk) => {
      text += chunk;
      if (/Ready to accept connections/.test(text)) resolve();
    });
    stdout?.on('end', () => reject(new Error(`Redis did not start (${pid}): ${text}`)));
  });
}
