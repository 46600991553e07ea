import { spawn } from 'node:child_process';
import process from 'node:process';
import { projectRoot } from './project-root.mjs';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs one command quietly; its output is shown only when it fails. Everything goes to stderr: stdout is for answers. */
export async function runStep(title, [command, ...args], cwd = projectRoot) {
  const startedAt = Date.now();
  process.stderr.write(`${title} …`);
  const { status, output } = await run(command, args, cwd);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (status === 0) {
    process.stderr.write(` ${seconds} s\n`);
    return;
  }
  process.stderr.write(` failed after ${seconds} s\n${output}\n`);
  // Everything worth knowing is in the output above; a stack of ours would only bury it.
  throw Object.assign(new Error(`${title} failed: ${command} ${args.join(' ')}`), { name: 'StartProblem' });
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const endWithChild = () => {
      child.kill('SIGTERM');
      child.once('close', () => process.exit(1));
    };
    for (const signal of stopSignals) process.once(signal, endWithChild);
    child.on('error', reject);
    child.on('close', (status) => {
      for (const signal of stopSignals) process.off(signal, endWithChild);
      resolve({ status, output });
    });
  });
}
