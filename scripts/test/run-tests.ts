import process from 'node:process';
import { runAllChecks } from '../check/run-check.ts';
import { type PartResult, runPart } from './part.ts';
import { endToEndPart, promisesPart, vitestPart } from './parts.ts';

/** The whole run is cut off before common CI limits; what was not reached counts as failed. */
const SECONDS_MAX = 24 * 60;

type Run = (secondsLeft: number) => Promise<PartResult>;

/** Steps one after another, as each uses both cores; a browser waits a lot, so the promises run beside it. */
const steps: readonly Readonly<Record<string, Run>>[] = [
  { check: checkPart },
  { unit: (secondsLeft) => runPart(vitestPart('unit', []), secondsLeft) },
  { integration: (secondsLeft) => runPart(vitestPart('integration', []), secondsLeft) },
  {
    e2e: async (secondsLeft) => runPart(await endToEndPart([]), secondsLeft),
    promises: (secondsLeft) => runPart(promisesPart(), secondsLeft),
  },
];

/** Checks, unit, integration, then e2e and promises. The last line is `N passed, N failed`. */
export async function runAllTests(): Promise<number> {
  const startedAt = performance.now();
  const results: PartResult[] = [];
  for (const step of steps) {
    process.stdout.write(`\n── ${Object.keys(step).join(' and ')} ──\n`);
    const secondsLeft = SECONDS_MAX - (performance.now() - startedAt) / 1000;
    const runs = Object.entries(step).map(([name, run]) =>
      secondsLeft > 0 ? runSafely(name, () => run(secondsLeft)) : unreached(name),
    );
    results.push(...(await Promise.all(runs)));
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
