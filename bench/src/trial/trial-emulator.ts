import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { freePort } from './trial-database.ts';

export interface TrialEmulator {
  url: string;
  end(): void;
}

const emulatorMain = fileURLToPath(new URL('../../../packages/stripe-emulator/src/main.ts', import.meta.url));

/** The Stripe emulator in a process of its own; resolves when it says that it is ready. */
export async function startTrialEmulator(): Promise<TrialEmulator> {
  const port = await freePort();
  const child = spawn(process.execPath, [emulatorMain], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, STRIPE_EMULATOR_PORT: String(port) },
  });
  await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${port}`, end: () => void child.kill('SIGKILL') };
}
