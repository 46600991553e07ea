import { MetergateError } from './metergate-error.ts';

export interface TransportOptions {
  /** Address of the server, for example `https://metergate.example.com`. */
  url: string;
  apiKey: string;
  /** For one attempt; default 5 s. */
  timeoutMs?: number | undefined;
  fetch?: typeof fetch | undefined;
}

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
  retryAfterMs: number | null;
}

export type Send = (request: {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  body?: unknown;
  ifNoneMatch?: string | undefined;
  /** Statuses besides 2xx whose body is an answer and no error. */
  accept?: readonly number[];
}) => Promise<Answer>;

/** One attempt over HTTP. Throws MetergateError for refusals, anything else when nobody answered. */
export function createTransport(options: TransportOptions): Send {
  const base = options.url.replace(/\/+$/, '');
  const send = options.fetch ?? fetch;
  const timeoutMs = options.timeoutMs ?? 5_000;
  return async ({ method, path, body, ifNoneMatch, accept = [] }) => {
    const response = await send(base + path, {
      method,
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const answer = { status: response.status, body: parse(text), ...readHeaders(response.headers) };
    if (response.ok || accept.includes(response.status)) return answer;
    throw toError(answer);
  };
}

function readHeaders(headers: Headers): Pick<Answer, 'etag' | 'retryAfterMs'> {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return { etag: headers.get('etag'), retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null };
}

function toError({ status, body }: Answer): MetergateError {
  const fields = isObject(body) && isObject(body.error) ? body.error : {};
  return new MetergateError({
    code: typeof fields.code === 'string' ? fields.code : 'HTTP_ERROR',
    message: typeof fields.message === 'string' ? fields.message : `The server answered ${status}.`,
    status,
    requestId: typeof fields.requestId === 'string' ? fields.requestId : null,
    retriable: fields.retriable === true || status === 429 || status >= 500,
  });
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
