import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const TIMEOUT_MS = 30_000;
const CHUNKS = 5;

export interface Message {
  body: string;
  signature: string;
  /** How long the body takes to be sent. */
  slowMs: number;
}

interface Posted {
  httpStatus: number | null;
  error: string | null;
}

/**
 * Sends one delivery; whatever goes wrong becomes the error of the attempt. Redirects are not followed. Not `fetch`:
 * it takes several times as long, and deliveries are most of what the emulator does.
 */
export function post(url: string, message: Message): Promise<Posted> {
  return new Promise((resolve) => {
    const failed = (error: unknown) =>
      resolve({ httpStatus: null, error: error instanceof Error ? error.message : 'unknown' });
    try {
      send(new URL(url), message, {
        answered: (status) => resolve({ httpStatus: status, error: null }),
        failed,
      });
    } catch (error) {
      failed(error);
    }
  });
}

function send(
  url: URL,
  message: Message,
  { answered, failed }: { answered: (status: number) => void; failed: (error: unknown) => void },
): void {
  const options = {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature': message.signature,
      ...(message.slowMs > 0 ? {} : { 'Content-Length': Buffer.byteLength(message.body) }),
    },
  };
  const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
  const late = setTimeout(() => request.destroy(new Error('timed out')), TIMEOUT_MS);
  request.on('close', () => clearTimeout(late));
  request.on('error', failed);
  request.on('response', (response) => {
    // Read to the end, so that the connection can be used again.
    response.resume();
    response.on('end', () => answered(response.statusCode ?? 0));
    response.on('error', failed);
  });
  if (message.slowMs > 0) void sendSlowly(message, request);
  else request.end(message.body);
}

async function sendSlowly({ body, slowMs }: Message, request: ReturnType<typeof requestHttp>): Promise<void> {
  const bytes = Buffer.from(body);
  const size = Math.ceil(bytes.length / CHUNKS);
  for (let at = 0; at < bytes.length && !request.destroyed; at += size) {
    await new Promise((resolve) => setTimeout(resolve, slowMs / CHUNKS));
    request.write(bytes.subarray(at, at + size));
  }
  request.end();
}
