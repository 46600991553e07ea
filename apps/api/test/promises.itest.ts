import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const programMsMax = 120_000;

/**
 * The short forms of those promises that need processes of their own and take little time; `npm run faults` has all
 * of them, and their long forms.
 */
it.each(['p02', 'p11', 'p14', 'p07', 'p06'])('%s holds', { timeout: programMsMax }, async (promise) => {
  const program = fileURLToPath(new URL(`../../../bench/src/faults/${promise}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'exit');
  expect(code, output).toBe(0);
});
