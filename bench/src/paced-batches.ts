import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('paced-batches-program.ts', import.meta.url));

/** Starts sending so many events a second; `end` stops it and answers how many a second were stored. */
export function startPacedBatches(target: { url: string; key: string; senders: number; perSecond: number }): {
  end(): Promise<number>;
} {
  const { url, key, senders, perSecond } = target;
  const child = spawn(process.execPath, [program, url, key, String(senders), String(perSecond)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  return {
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      if (child.exitCode !== 0) throw new Error(`the sender of usage ended with ${child.exitCode}`);
      return Number(await said);
    },
  };
}
