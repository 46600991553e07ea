import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Container } from '../container.ts';
import { createApp } from './app.ts';
import { withLeanRoutes } from './lean/lean-server.ts';
import { createWorkerApp } from './worker-app.ts';

/** A request that is still being sent after this long is cut with 408. */
const REQUEST_MS_MAX = 25_000;
const HEADERS_MS_MAX = 10_000;
/** Long enough that a batch which is too large gets a reason (400) instead of 431. */
const HEADER_BYTES_MAX = 65_536;
/**
 * Longer than load balancers keep a connection (60 s), and than a busy sender takes to use it again: whoever closes
 * first must not be the server, because a request that is on its way then is never answered.
 */
const IDLE_MS_MAX = 65_000;
const DRAIN_GRACE_MS = 2000;

/**
 * Listens; resolves with the port in use (PORT=0 picks a free one). Stops with the lifecycle: no new
 * connections, two seconds for what is under way, then every connection is closed, because idle and streaming
 * ones would keep the server open for ever.
 */
export async function startServer(container: Container): Promise<{ server: Server; port: number }> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: HEADERS_MS_MAX,
      keepAliveTimeout: IDLE_MS_MAX,
      connectionsCheckingInterval: 1000,
    },
    container.env.ROLE === 'worker'
      ? createWorkerApp(container)
      : withLeanRoutes(container, createApp(container)),
  );
  const { PORT, HOST } = container.env;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, HOST, resolve);
  });
  container.lifecycle.onDrain('http', () => closeServer(server));
  return { server, port: (server.address() as AddressInfo).port };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hard = setTimeout(() => server.closeAllConnections(), DRAIN_GRACE_MS);
    server.close(() => {
      clearTimeout(hard);
      resolve();
    });
    server.closeIdleConnections();
  });
}
