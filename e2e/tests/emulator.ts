import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environment } from './env.ts';
import { projectRoot } from './instance.ts';

type Fields = Record<string, string>;

export interface TestEmulator {
  url: string;
  /** One call of the Stripe API; throws what it refuses. */
  post(path: string, fields?: Fields): Promise<Record<string, unknown> & { id: string }>;
  get(path: string): Promise<Record<string, unknown> & { id: string }>;
  stop(): void;
}

/** The Stripe emulator alone, with its clock stopped, so that pages show the same days in every run. */
export async function startEmulator(now: string): Promise<TestEmulator> {
  const program = join(projectRoot, 'packages/stripe-emulator/src/main.ts');
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: environment.PATH, STRIPE_EMULATOR_PORT: '0' },
  });
  const [line] = await once(child.stdout, 'data');
  const [url = ''] = /http:\/\/[\d.:]+/.exec(String(line)) ?? [];
  await fetch(`${url}/_emu/clock`, { method: 'POST', body: JSON.stringify({ now, frozen: true }) });
  const call = async (method: string, path: string, fields?: Fields) => {
    const init = { method, headers: { authorization: 'Bearer sk_test_pages' } };
    const body = fields === undefined ? {} : { body: new URLSearchParams(fields) };
    const response = await fetch(`${url}/v1/${path}`, { ...init, ...body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text);
  };
  return {
    url,
    post: (path, fields = {}) => call('POST', path, fields),
    get: (path) => call('GET', path),
    stop: () => void child.kill(),
  };
}
