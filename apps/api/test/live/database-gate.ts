import { connect, createServer, type Socket } from 'node:net';
import type { TestDatabase } from '@metergate/testing';
import type { Environment } from '../../src/env.ts';

export interface DatabaseGate {
  /** Settings of a process whose whole way to the database is this gate. */
  settings: Pick<Environment, 'DATABASE_URL' | 'DATABASE_ROLE_URLS'>;
  /** As a server that stops: every connection ends and no new one comes about. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Between a process and the database that all tests share, so that it can be away for one process only. */
export async function startDatabaseGate(db: TestDatabase): Promise<DatabaseGate> {
  const { hostname, port: databasePort } = new URL(db.ownerUrl);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const behind = connect(Number(databasePort), hostname);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const through = (url: string) =>
    Object.assign(new URL(url), { host: `127.0.0.1:${port}`, search: '' }).href;
  return {
    settings:
      db.urls === undefined
        ? { DATABASE_URL: through(db.ownerUrl) }
        : {
            DATABASE_ROLE_URLS: {
              app: through(db.urls.app),
              auth: through(db.urls.auth),
              ingest: through(db.urls.ingest),
              platform: through(db.urls.platform),
              worker: through(db.urls.worker),
            },
          },
    async shut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: () => listen(port),
  };
}
