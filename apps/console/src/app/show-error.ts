import type { ShownError } from '../ui/shown-error.ts';

export type { ShownError };

const unexpected = 'Something on our side failed. Nothing was changed. Try again in a moment.';
const offline = 'We cannot reach the server. Check your connection; we keep what you see.';

const pageFailed = 'This page has a fault on our side. Your data is safe. Open another page or try again.';

const kindByStatus: Readonly<Record<number, ShownError['kind']>> = {
  401: 'signed_out',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'limited',
};

/** Turns whatever a call threw into words, the request id and the kind the screens branch on. */
export function showError(error: unknown): ShownError {
  const data = fieldsOf(fieldsOf(error)?.data);
  const shape = fieldsOf(fieldsOf(error)?.shape);
  const status = numberOf(data?.httpStatus);
  if (status === undefined) {
    return isNetworkFailure(error)
      ? { kind: 'offline', code: 'UNREACHABLE', text: offline, requestId: null, details: {} }
      : { kind: 'failed', code: 'PAGE_FAILED', text: pageFailed, requestId: null, details: {} };
  }
  const own = fieldsOf(data?.error) ?? fieldsOf(data?.appError) ?? data ?? {};
  return {
    kind: kindByStatus[status] ?? 'failed',
    code: textOf(own.appCode) ?? textOf(own.code) ?? 'UNKNOWN',
    text: textOf(own.userMessage) ?? (status < 500 ? textOf(shape?.message) : undefined) ?? unexpected,
    requestId: textOf(own.requestId) ?? textOf(data?.requestId) ?? null,
    details: fieldsOf(own.details) ?? {},
  };
}

/** No answer at all: the call never came back, or a file of the page could not be fetched (both are TypeErrors). */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'TRPCClientError');
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(ownEntries(value));
}

/** `data` and `shape` of a client error are own properties, possibly not enumerable. */
function ownEntries(value: object): [string, unknown][] {
  return Object.getOwnPropertyNames(value).map((key) => [key, Reflect.get(value, key)]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
