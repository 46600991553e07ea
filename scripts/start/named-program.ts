import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/project-root.mjs';
import { StartProblem } from '../instance/start-problem.ts';
import { RunControl } from './run-control.ts';
import { runForeground } from './run-foreground.ts';

const folders = { bench: 'bench/src/programs', faults: 'bench/src/faults' };
const SUFFIX = '.ts';

/** `npm run bench <name>` and `npm run faults <promise>`: each program is one file of a fixed folder. */
export async function runNamedProgram(kind: keyof typeof folders, args: string[]): Promise<number> {
  const folder = folders[kind];
  const [name, ...rest] = args;
  const names = programsIn(join(projectRoot, folder));
  if (name === undefined || !names.includes(name)) {
    throw new StartProblem(`Usage: npm run ${kind} <name>. There are: ${names.join(', ') || 'none'}.`);
  }
  return runForeground(new RunControl(), {
    name,
    args: [join(folder, `${name}${SUFFIX}`), ...rest],
    environment: process.env,
  });
}

function programsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX) && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}
