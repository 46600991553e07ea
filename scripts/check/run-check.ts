import { projectRoot } from '../bootstrap/project-root.mjs';
import { runOwnChecks } from './own-checks.ts';
import type { StepResult } from './step-result.ts';
import { runBundleCheck } from './tools/console-bundle.ts';
import { runFormatAndLint } from './tools/format-and-lint.ts';
import { runTypeChecks } from './tools/package-types.ts';
import { runTool } from './tools/run-tool.ts';

/** `npm run check [-- rules|format|types|unused|bundle]`: everything that can be said without running the product. */
export async function runCheck(args: string[]): Promise<number> {
  const results = await runAllChecks(args[0]);
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`\n${results.length - failed} checks passed, ${failed} failed`);
  return failed === 0 && results.length > 0 ? 0 : 1;
}

const groups: Record<string, () => Promise<StepResult[]>> = {
  rules: async () => runOwnChecks(projectRoot),
  format: async () => [await runFormatAndLint(projectRoot)],
  types: () => runTypeChecks(projectRoot),
  unused: async () => [
    await runTool({
      name: 'unused files, exports and dependencies',
      command: 'knip',
      args: ['--no-progress', '--no-config-hints'],
    }),
  ],
  bundle: async () => [await runBundleCheck()],
};

/** Prints each result as it comes; the groups run one after another because each already uses both cores. */
export async function runAllChecks(only?: string): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [name, run] of Object.entries(groups)) {
    if (only !== undefined && only !== name) continue;
    const stepResults = await run();
    for (const result of stepResults) printResult(result);
    results.push(...stepResults);
  }
  return results;
}

function printResult({ passed, name, summary, seconds, output }: StepResult): void {
  const details = [summary, `${seconds.toFixed(1)} s`].filter(Boolean).join(', ');
  console.log(`${passed ? '  ok  ' : ' FAIL '} ${name} (${details})`);
  if (output !== '') console.log(output.replace(/^/gm, '         '));
}
