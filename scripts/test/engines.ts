import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { projectRoot } from '../bootstrap/project-root.mjs';
import { runPart } from './part.ts';
import { vitestPart } from './parts.ts';

const SECONDS_MAX = 900;
const chdbFolder = join(projectRoot, '.cache/engines/node_modules/chdb');

/** Engines that the project does not install: each is tested where the machine has it. */
const engines = [
  {
    name: 'Redis (shared rate limits)',
    variable: 'TEST_REDIS_SERVER',
    find: () => process.env.TEST_REDIS_SERVER || onPath('redis-server') || onPath('valkey-server'),
    hint: 'install redis-server, or set TEST_REDIS_SERVER to its path',
  },
  {
    name: 'ClickHouse (usage store)',
    variable: 'TEST_CHDB_MODULE',
    find: () => process.env.TEST_CHDB_MODULE || (existsSync(chdbFolder) ? chdbFolder : undefined),
    hint: 'npm install --prefix .cache/engines chdb@3.4.0 (540 MB)',
  },
];

/** `npm run test:engines`: what needs a real Redis or ClickHouse; says "not run" for what is not here. */
export async function runEngines(filters: string[]): Promise<number> {
  const environment: NodeJS.ProcessEnv = {};
  const missing: string[] = [];
  for (const { name, variable, find, hint } of engines) {
    const found = find();
    if (found === undefined) missing.push(`${name}: not run (${hint})`);
    else environment[variable] = found;
  }
  const some = missing.length < engines.length;
  const code = some ? await runFound(environment, filters) : 0;
  for (const line of missing) process.stdout.write(`${line}\n`);
  return code;
}

async function runFound(environment: NodeJS.ProcessEnv, filters: string[]): Promise<number> {
  const part = vitestPart('engines', filters);
  const whole = { ...part, environment: { ...part.environment, ...environment } };
  const { passed, failed, problem } = await runPart(whole, SECONDS_MAX);
  if (problem !== null) process.stdout.write(`${problem}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
