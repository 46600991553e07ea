import { createServer } from 'node:net';
import { StartProblem } from './start-problem.ts';

const HOST = '127.0.0.1';

/** Fails with one line that names the variable to change. Port 0 (any free one) is always free. */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const problem = await tryToListen(port);
  if (problem === null) return;
  const reason = problem === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${problem})`;
  throw new StartProblem(
    `Port ${port} ${reason}. Set ${variable} to another port, for example ${variable}=${port + 100}.`,
  );
}

function tryToListen(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
