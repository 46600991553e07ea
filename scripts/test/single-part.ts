import process from 'node:process';
import { type Part, runPart } from './part.ts';
import { endToEndPart, vitestPart } from './parts.ts';

const SECONDS_MAX = 1800;

export function runUnit(args: string[]): Promise<number> {
  return runAlone(vitestPart('unit', args));
}

export function runIntegration(args: string[]): Promise<number> {
  return runAlone(vitestPart('integration', args));
}

/**
 * `npm run test:scenario <family>`: the dated stories of one product family, or of all. One file after the other,
 * because each tells its steps as they happen.
 */
export function runScenario(args: string[]): Promise<number> {
  const [family = '', ...rest] = args;
  const stories = `apps/api/test/scenarios/${family}`;
  return runAlone(vitestPart('integration', [stories, '--no-file-parallelism', ...rest]));
}

export async function runEndToEnd(args: string[]): Promise<number> {
  return runAlone(await endToEndPart(args));
}

async function runAlone(part: Part): Promise<number> {
  const { passed, failed, problem } = await runPart(part, SECONDS_MAX);
  if (problem !== null) process.stdout.write(`${part.name}: ${problem}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
