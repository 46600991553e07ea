import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of any form
  body: any;
  headers: IncomingMessage['headers'];
  at: number;
}

export interface FakeServer {
  url: string;
  seen: Seen[];
  answer: (request: Seen, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A server on a socket that answers what a test tells it to; at first it takes every event. */
export async function startFakeServer(): Promise<FakeServer> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { url = '', headers } = request;
    const one = {
      path: url,
      body: text === '' ? undefined : JSON.parse(text),
      headers,
      at: performance.now(),
    };
    fake.seen.push(one);
    fake.answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    answer: takeAll,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.setHeader('content-type', 'application/json').setHeader('connection', 'close').writeHead(status);
  response.end(JSON.stringify(body));
}

export function takeAll({ body }: Seen, response: ServerResponse): void {
  const events: { id: string }[] = body?.events ?? [];
  json(response, 200, { results: events.map(({ id }) => ({ id, status: 'accepted' })) });
}

export function idsOf(one: Seen | undefined): string[] {
  return (one?.body.events ?? []).map(({ id }: { id: string }) => id);
}
