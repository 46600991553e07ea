/** An answer that is not a success; `code` is stable, `message` fit for users. */
export class MetergateError extends Error {
  override readonly name = 'MetergateError';
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;
  /** The same call may succeed later and is safe to repeat. */
  readonly retriable: boolean;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | null;

  constructor(fields: {
    code: string;
    message: string;
    status: number;
    requestId: string | null;
    retriable: boolean;
    retryAfterMs?: number | null;
  }) {
    super(fields.message);
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retriable = fields.retriable;
    this.retryAfterMs = fields.retryAfterMs ?? null;
  }
}

/** The code of an answer that is not the server's own: a proxy's page, a redirect, something that is no JSON. */
export const foreignAnswer = 'HTTP_ERROR';

/** No answer at all, an answer that is not ours, or one that says to come back later. */
export function isOutage(error: unknown): boolean {
  return (
    !(error instanceof MetergateError) ||
    error.retriable ||
    error.status >= 500 ||
    error.status === 408 ||
    error.code === foreignAnswer
  );
}

/** Refused for what it says: the same again is refused again. A key can be mended, so its refusal is none. */
export function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof MetergateError)) return false;
  if (error.status === 413) return true;
  return !isOutage(error) && error.status !== 401 && error.status !== 403;
}
