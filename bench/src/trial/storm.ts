import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('storm-program.ts', import.meta.url));

/** One organization (`acme`) that sends batches of a thousand as fast as they are answered, on demand. */
export interface Storm {
  begin(): void;
  /** Resolves when its last request is answered. */
  rest(): Promise<void>;
  /** Ends with the statuses that its requests got. */
  end(): Promise<Map<number, number>>;
}

export function prepareStorm({ url, key, senders }: { url: string; key: string; senders: number }): Storm {
  const child = spawn(process.execPath, [program, url, key, String(senders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    begin: () => void child.stdin.write('storm\n'),
    async rest() {
      child.stdin.write('rest\n');
      await lines.next();
    },
    async end() {
      child.stdin.end();
      const { value } = await lines.next();
      if (child.exitCode === null) await once(child, 'exit');
      return new Map<number, number>(JSON.parse(value ?? '[]'));
    },
  };
}
