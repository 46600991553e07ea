import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./sdk-sender-program.ts', import.meta.url));

export interface SdkSender {
  /** Resolves when it has begun, and can be asked to end in order. */
  ready: Promise<unknown>;
  /** Resolves with the exit code; null when a signal ended it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** Processes that report through the SDK, and what they said. */
export class SdkSenders {
  readonly #target: { url: string; key: string; folder: string };
  readonly #running = new Set<ChildProcess>();
  #made = 0;
  /** Ids that somebody relies on. */
  readonly told = new Set<string>();
  readonly complaints: string[] = [];

  constructor(target: { url: string; key: string; folder: string }) {
    this.#target = target;
    process.once('exit', () => {
      for (const child of this.#running) child.kill('SIGKILL');
    });
  }

  /** An idle one only takes over what others have left behind. */
  start(load: 'busy' | 'idle' = 'busy'): SdkSender {
    const { url, key, folder } = this.#target;
    this.#made += 1;
    const child = spawn(process.execPath, [program, url, key, folder, `s${this.#made}`, load], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#running.add(child);
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('!')) this.complaints.push(line);
      else if (line !== 'ready') this.told.add(line);
    });
    const heard = once(lines, 'close');
    return {
      ready: Promise.race([once(lines, 'line'), heard]),
      end: async (signal) => {
        child.kill(signal);
        const [code] = await exited;
        await heard;
        this.#running.delete(child);
        return typeof code === 'number' ? code : null;
      },
    };
  }
}
