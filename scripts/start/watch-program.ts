// Runs a program again whenever its files change. `node --watch` alone would outlive a killed supervisor: its outer
// process loads no preloads and so never learns of the parent's end. This process does, and passes the signal on.
import { spawn } from 'node:child_process';
import process from 'node:process';

const [program = ''] = process.argv.slice(2);
const watcher = spawn(
  process.execPath,
  ['--max-semi-space-size=8', '--watch', '--watch-preserve-output', program],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => watcher.kill(signal));
watcher.on('exit', (code) => process.exit(code ?? 1));
