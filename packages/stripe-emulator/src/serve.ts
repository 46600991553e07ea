import { readEnvironment } from './env.ts';
import { startEmulator } from './index.ts';

try {
  const { port, dataFile, isValidating } = readEnvironment();
  const emulator = await startEmulator({ port, ...(dataFile ? { dataFile } : {}), validate: isValidating });
  process.stdout.write(`Stripe emulator ready at ${emulator.url} (control page ${emulator.url}/_emu)\n`);
  const stop = () => {
    void emulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const text = isTaken ? 'its port is in use' : error instanceof Error ? error.message : String(error);
  process.stderr.write(`The Stripe emulator did not start: ${text}\n`);
  process.exitCode = 1;
}
