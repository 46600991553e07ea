import { createServer } from 'node:net';
import { StartProblem } from './start-problem.ts';

const HOST = '127.0.0.1';

/** Fails with one line that names the variable to change. Port 0 (any free one) is always free. */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const reason =
    (await unavailableFor(port)) ?? ((await isBlocked(port)) ? 'is one that browsers refuse to open' : null);
  if (reason === null) return;
  throw new StartProblem(
    `Port ${port} ${reason}. Set ${variable} to another port, for example ${variable}=${port + 100}.`,
  );
}

/** Ports of other protocols, as the fetch standard lists them ("bad port"): asked of the runtime, which has the list. */
async function isBlocked(port: number): Promise<boolean> {
  if (port === 0) return false;
  try {
    await fetch(`http://${HOST}:${port}`, { method: 'HEAD', signal: AbortSignal.timeout(1_000) });
    return false;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
  }
}

async function unavailableFor(port: number): Promise<string | null> {
  const problem = await tryToListen(port);
  if (problem === null) return null;
  return problem === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${problem})`;
}

function tryToListen(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
