import { spawn } from 'node:child_process';
import process from 'node:process';
import type { StepResult } from '../step-result.ts';

const OUTPUT_LINES_MAX = 200;

export interface Tool {
  name: string;
  command: string;
  args: readonly string[];
  cwd?: string;
  /** Reads a summary from the output of a passing run. */
  summarize?: (output: string) => string;
}

/** Runs one external tool; only its exit code decides. */
export async function runTool({ name, command, args, cwd, summarize }: Tool): Promise<StepResult> {
  const startedAt = performance.now();
  const { code, output } = await run(command, args, cwd);
  return {
    name,
    passed: code === 0,
    seconds: (performance.now() - startedAt) / 1000,
    summary: code === 0 ? (summarize?.(output) ?? '') : `exit code ${code}`,
    output: code === 0 ? '' : lastLines(output),
  };
}

export interface ToolEnding {
  code: number | null;
  output: string;
}

/** stdout and stderr together, as a person would see them. */
export function run(command: string, args: readonly string[], cwd: string | undefined): Promise<ToolEnding> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n');
  const hidden = lines.length - OUTPUT_LINES_MAX;
  return hidden <= 0 ? lines.join('\n') : [`… ${hidden} lines before`, ...lines.slice(hidden)].join('\n');
}
