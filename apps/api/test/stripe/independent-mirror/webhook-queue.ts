import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookQueue {
  url: string;
  /** What the handler refused, as "type: message". */
  refused: string[];
  /** How many deliveries were handled. */
  handled(): number;
  close(): void;
}

/**
 * Receives webhooks and hands them on one after the other: the engine decides by a time stamp which of two readings
 * is newer, so two of them at once would race.
 */
export async function openWebhookQueue(
  handle: (body: Buffer, signature: string) => Promise<unknown>,
): Promise<WebhookQueue> {
  const refused: string[] = [];
  let count = 0;
  let last = Promise.resolve();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      last = last.then(async () => {
        try {
          await handle(body, String(request.headers['stripe-signature']));
        } catch (error) {
          refused.push(
            `${JSON.parse(body.toString()).type}: ${error instanceof Error ? error.message : error}`,
          );
        }
        count += 1;
        response.end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server listens on a port, so its address is not a pipe's name.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, refused, handled: () => count, close: () => server.close() };
}
