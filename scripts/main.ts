import { existsSync } from 'node:fs';
import process from 'node:process';

/** What each `npm run` script does; loaded on demand so that a check does not pay for the supervisor. */
const modes: Record<string, (args: string[]) => Promise<number>> = {
  start: async () => (await import('./start/supervisor.ts')).runSupervisor('start'),
  dev: async () => (await import('./start/supervisor.ts')).runSupervisor('dev'),
  test: async () => (await import('./test/run-tests.ts')).runAllTests(),
  check: async (args) => (await import('./check/run-check.ts')).runCheck(args),
  'test:unit': async (args) => (await import('./test/single-part.ts')).runUnit(args),
  'test:integration': async (args) => (await import('./test/single-part.ts')).runIntegration(args),
  'test:scenario': async (args) => (await import('./test/single-part.ts')).runScenario(args),
  'test:engines': async (args) => (await import('./test/engines.ts')).runEngines(args),
  e2e: async (args) => (await import('./test/single-part.ts')).runEndToEnd(args),
  bench: async (args) => (await import('./start/named-program.ts')).runNamedProgram('bench', args),
  faults: async (args) => (await import('./start/named-program.ts')).runNamedProgram('faults', args),
  'db:reset': async () => (await import('./start/reset-database.ts')).resetDatabase(),
  seed: async () => (await import('./start/with-database.ts')).runSeed(),
  metergate: async (args) => (await import('./start/with-database.ts')).runMetergate(args),
};

async function main(): Promise<number> {
  const [mode = '', ...rest] = process.argv.slice(2);
  const run = modes[mode];
  if (!run) {
    console.error(`Unknown command "${mode}". There are: ${Object.keys(modes).join(', ')}.`);
    return 2;
  }
  // pnpm hands a separating `--` on, npm swallows it.
  return run(rest[0] === '--' ? rest.slice(1) : rest);
}

if (existsSync('.env')) process.loadEnvFile('.env');
try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof Error && error.name === 'StartProblem';
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
