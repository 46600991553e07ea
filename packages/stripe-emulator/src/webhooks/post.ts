const TIMEOUT_MS = 30_000;
const CHUNKS = 5;

export interface Message {
  body: string;
  signature: string;
  /** How long the body takes to be sent. */
  slowMs: number;
}

/** Sends one delivery; whatever goes wrong becomes the error of the attempt. */
export async function post(url: string, message: Message) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'Stripe-Signature': message.signature,
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(message.slowMs > 0 ? { body: slowly(message), duplex: 'half' as const } : { body: message.body }),
    });
    await response.arrayBuffer();
    return { httpStatus: response.status, error: null };
  } catch (error) {
    return { httpStatus: null, error: error instanceof Error ? error.message : 'unknown' };
  }
}

function slowly({ body, slowMs }: Message): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  const size = Math.ceil(bytes.length / CHUNKS);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, slowMs / CHUNKS));
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
}
