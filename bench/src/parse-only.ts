import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuMsOf } from './cpu-time.ts';

/** Express in a process of its own that only parses JSON: the floor of what one request costs. */
export async function startParseOnly(): Promise<{
  url: string;
  cpuMs: () => { express: number };
  stop: () => void;
}> {
  const program = fileURLToPath(new URL('./parse-only-server.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return {
    url: `http://127.0.0.1:${String(line).trim()}`,
    cpuMs: () => ({ express: cpuMsOf(child.pid ?? 0) }),
    stop: () => void child.kill(),
  };
}
