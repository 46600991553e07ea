// Preloaded into every child (`node --import`): when the supervisor is gone, however it went, the child stops itself.
import process from 'node:process';

const GRACE_MS = 10_000;

process.once('disconnect', () => {
  // Programs that drain on SIGTERM do so; one without a handler ends at once.
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), GRACE_MS).unref();
});
// Listening must not keep alive a program that is done.
process.channel?.unref();
