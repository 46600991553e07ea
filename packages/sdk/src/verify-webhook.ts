/** How far the sender's clock may be off; also the time in which a recorded message could be sent again. */
const toleranceSeconds = 300;

/** Why a message was not believed. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code:
    | 'HEADERS_MISSING'
    | 'SECRET_INVALID'
    | 'TIMESTAMP_TOO_OLD'
    | 'TIMESTAMP_TOO_NEW'
    | 'SIGNATURE_WRONG';

  constructor(code: WebhookError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What every message has; `data` depends on `type`. */
export interface WebhookMessage {
  /** The same in every attempt: keep it and ignore a message that you have seen. */
  id: string;
  type: string;
  /** When it happened. Messages may arrive in another order. */
  timestamp: string;
  organization: { id: string; externalId: string | null } | null;
  data: unknown;
}

type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
type HeaderSource = Headers | Readonly<Record<string, string | string[] | undefined>>;

/**
 * Checks a message in the form of the Standard Webhooks and answers its content. `payload` is the body exactly as it
 * arrived, before any JSON parser. Uses the platform's WebCrypto: Node 20, Deno, Bun and edge runtimes.
 * @throws WebhookError
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: HeaderSource,
  secret: string,
): Promise<WebhookMessage> {
  const read = (name: string) => readHeader(headers, name);
  const [id, timestamp, signatures] = [
    read('webhook-id'),
    read('webhook-timestamp'),
    read('webhook-signature'),
  ];
  if (id === '' || timestamp === '' || signatures === '') {
    throw new WebhookError(
      'HEADERS_MISSING',
      'webhook-id, webhook-timestamp or webhook-signature is missing',
    );
  }
  checkTimestamp(timestamp);
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const signed = concatenate(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  if (!(await matchesOne(signatures, signed, await importKey(secret)))) {
    throw new WebhookError('SIGNATURE_WRONG', 'no signature matches this body and secret');
  }
  return JSON.parse(new TextDecoder().decode(body)) as WebhookMessage;
}

function readHeader(headers: HeaderSource, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return (Array.isArray(found) ? found[0] : found) ?? '';
}

function checkTimestamp(text: string): void {
  const age = /^\d{1,12}$/.test(text) ? Date.now() / 1000 - Number(text) : Number.POSITIVE_INFINITY;
  if (age > toleranceSeconds)
    throw new WebhookError('TIMESTAMP_TOO_OLD', 'the message is older than five minutes');
  if (age < -toleranceSeconds) throw new WebhookError('TIMESTAMP_TOO_NEW', 'the message is from the future');
}

/** While a secret is being replaced there are two signatures; each is compared in constant time by the platform. */
async function matchesOne(header: string, signed: Uint8Array<ArrayBuffer>, key: HmacKey): Promise<boolean> {
  for (const entry of header.split(' ').slice(0, 10)) {
    const [version, text = ''] = entry.split(',');
    const signature = version === 'v1' ? fromBase64(text) : undefined;
    if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true;
  }
  return false;
}

async function importKey(secret: string): Promise<HmacKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0)
    throw new WebhookError('SECRET_INVALID', 'the secret is not base64');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
