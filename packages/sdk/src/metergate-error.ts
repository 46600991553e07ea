/** An answer that is not a success; `code` is stable, `message` fit for users. */
export class MetergateError extends Error {
  override readonly name = 'MetergateError';
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;
  /** The same call may succeed later and is safe to repeat. */
  readonly retriable: boolean;

  constructor(fields: {
    code: string;
    message: string;
    status: number;
    requestId: string | null;
    retriable: boolean;
  }) {
    super(fields.message);
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retriable = fields.retriable;
  }
}

/** No answer at all, an answer that is not ours, or one that says to come back later. */
export function isOutage(error: unknown): boolean {
  return !(error instanceof MetergateError) || error.retriable || error.status >= 500;
}
