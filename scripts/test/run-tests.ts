import process from 'node:process';
import { runAllChecks } from '../check/run-check.ts';
import { type PartResult, runPart } from './part.ts';
import { endToEndPart, vitestPart } from './parts.ts';

/** The whole run is cut off before common CI limits; what was not reached counts as failed. */
const SECONDS_MAX = 22 * 60;

const parts: Record<string, (secondsLeft: number) => Promise<PartResult>> = {
  check: checkPart,
  unit: (secondsLeft) => runPart(vitestPart('unit', []), secondsLeft),
  integration: (secondsLeft) => runPart(vitestPart('integration', []), secondsLeft),
  e2e: async (secondsLeft) => runPart(await endToEndPart([]), secondsLeft),
};

/** Checks, unit, integration, e2e, one after another: each uses both cores. The last line is `N passed, N failed`. */
export async function runAllTests(): Promise<number> {
  const startedAt = performance.now();
  const results: PartResult[] = [];
  for (const [name, run] of Object.entries(parts)) {
    process.stdout.write(`\n── ${name} ──\n`);
    const secondsLeft = SECONDS_MAX - (performance.now() - startedAt) / 1000;
    results.push(secondsLeft > 0 ? await runSafely(name, () => run(secondsLeft)) : unreached(name));
  }
  return report(results);
}

async function checkPart(): Promise<PartResult> {
  const startedAt = performance.now();
  const results = await runAllChecks();
  const passed = results.filter((result) => result.passed).length;
  const seconds = (performance.now() - startedAt) / 1000;
  return { name: 'check', passed, failed: results.length - passed, seconds, problem: null };
}

async function runSafely(name: string, run: () => Promise<PartResult>): Promise<PartResult> {
  try {
    return await run();
  } catch (error) {
    return { ...unreached(name), problem: error instanceof Error ? error.message : String(error) };
  }
}

function unreached(name: string): PartResult {
  return { name, passed: 0, failed: 1, seconds: 0, problem: 'not reached in time' };
}

function report(results: readonly PartResult[]): number {
  process.stdout.write('\n── summary ──\n');
  for (const { name, passed, failed, seconds, problem } of results) {
    const note = problem === null ? '' : `  (${problem})`;
    process.stdout.write(
      `${name.padEnd(12)} ${passed} passed, ${failed} failed in ${seconds.toFixed(1)} s${note}\n`,
    );
  }
  const total = (key: 'passed' | 'failed') => results.reduce((sum, result) => sum + result[key], 0);
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`);
  return total('failed') === 0 ? 0 : 1;
}
