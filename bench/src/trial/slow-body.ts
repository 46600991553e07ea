import { connect } from 'node:net';
import type { TrialApi } from './trial-api.ts';

/** The server says 25 s; a trial that waits for ever says nothing. */
const waitMsMax = 60_000;

/** Announces a body, sends half of it and waits; resolves with the status that ends it. */
export function slowBody(api: TrialApi, key: string): Promise<number | string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /v1/usage-events HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\n` +
          `Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"events":[`,
      );
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    const giveUp = setTimeout(() => {
      resolve('a slow body is waited for');
      socket.destroy();
    }, waitMsMax);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(giveUp);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve(status === undefined ? 'hung up on a slow body' : Number(status));
    });
  });
}
