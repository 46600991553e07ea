import type { StepResult } from '../step-result.ts';
import { run } from './run-tool.ts';

interface Diagnostic {
  severity: string;
  message: string;
  category: string;
  location: { path: string; start?: { line: number } };
}

const SHOWN_MAX = 100;

/** One line per finding: biome's own report quotes so much code that the findings drown in it. */
export async function runFormatAndLint(root: string): Promise<StepResult> {
  const startedAt = performance.now();
  const args = ['ci', '--colors=off', '--reporter=json', '--max-diagnostics=none', '--diagnostic-level=warn'];
  const { code, output } = await run('biome', args, root);
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  const report: { summary: { unchanged: number }; diagnostics: Diagnostic[] } = JSON.parse(json);
  const lines = report.diagnostics.map(lineOf);
  const fileCount = report.summary.unchanged;
  return {
    name: 'format and lint',
    passed: code === 0 && lines.length === 0 && fileCount > 0,
    seconds: (performance.now() - startedAt) / 1000,
    summary: `${fileCount} files, ${lines.length} findings`,
    output: [
      ...lines.slice(0, SHOWN_MAX),
      ...(lines.length > SHOWN_MAX ? [`… and ${lines.length - SHOWN_MAX} more`] : []),
      ...(lines.length > 0 ? ['Mend what can be mended by itself: biome check --write <path>'] : []),
    ].join('\n'),
  };
}

function lineOf({ category, message, location }: Diagnostic): string {
  return `${location.path}:${location.start?.line ?? 0}  ${category}  ${message}`;
}
