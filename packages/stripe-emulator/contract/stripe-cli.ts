import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The installed binary of Stripe's command line; null where the optional package has none for this platform. */
export function findStripeCli(): string | null {
  try {
    const wrapper = createRequire(import.meta.url).resolve('@stripe/cli/package.json');
    const platform = `@stripe/cli-${process.platform}-${process.arch}/package.json`;
    const binary = join(dirname(createRequire(wrapper).resolve(platform)), 'bin', 'stripe');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

export interface CliAnswer {
  code: number;
  output: string;
}

/** Runs the command line with a configuration folder of its own, without telemetry. */
export function createStripeCli(binary: string): (args: string[]) => Promise<CliAnswer> {
  const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
  const env = { ...process.env, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  return (args) =>
    new Promise((resolve) => {
      execFile(binary, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? 1 : 0, output: stdout + stderr });
      });
    });
}

/** The events that `stripe trigger` knows, from its own help. */
export async function triggerNames(run: (args: string[]) => Promise<CliAnswer>): Promise<string[]> {
  const { output } = await run(['trigger', '--help']);
  return [...output.matchAll(/^ {2}([a-z0-9_]+(?:\.[a-z0-9_]+)+)$/gm)].map(([, name = '']) => name);
}
