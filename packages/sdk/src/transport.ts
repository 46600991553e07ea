import { foreignAnswer, MetergateError } from './metergate-error.ts';

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
}

export type Send = (request: {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** A text is sent as it is. */
  body?: object | string;
  ifNoneMatch?: string | undefined;
  /** Statuses besides 2xx whose body is an answer and no error. */
  accept?: readonly number[];
}) => Promise<Answer>;

/**
 * One attempt over HTTP. Throws MetergateError for refusals and for answers that are not the server's, anything else
 * when nobody answered.
 */
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
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      // Followed, a POST becomes a GET of some page, and its 200 would be taken for an acknowledgement.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, headers } = response;
    const answer = { status, body: parse(await response.text()), etag: headers.get('etag') };
    const isAnswer = response.ok || accept.includes(status);
    if (isAnswer && (typeof answer.body === 'object' || status === 304)) return answer;
    throw toError(answer, retryAfterOf(headers));
  };
}

/** Seconds, or a date by the server's own clock: ours may be wrong. */
function retryAfterOf(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

function toError({ status, body }: Answer, retryAfterMs: number | null): MetergateError {
  const fields = isObject(body) && isObject(body.error) ? body.error : {};
  return new MetergateError({
    code: typeof fields.code === 'string' ? fields.code : foreignAnswer,
    message: typeof fields.message === 'string' ? fields.message : `The server answered ${status}.`,
    status,
    requestId: typeof fields.requestId === 'string' ? fields.requestId : null,
    retriable: fields.retriable === true || status === 429 || status >= 500,
    retryAfterMs,
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
