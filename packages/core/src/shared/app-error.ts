/** What went wrong, in one word; the only input to the transport status (see `httpStatusByKind`). */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'plan_limit'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition'
  | 'too_large'
  | 'unsupported_media'
  | 'invalid_input'
  | 'rate_limited'
  | 'internal'
  | 'unavailable';

/** Decides who is told: info and warning are logged, error and critical raise an alert. */
export type ErrorSeverity = 'info' | 'warning' | 'error' | 'critical';

/** The one table from kind to HTTP status. Plan limits are 402 so that clients do not blindly retry them. */
export const httpStatusByKind: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  plan_limit: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  too_large: 413,
  unsupported_media: 415,
  invalid_input: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

export interface AppErrorFields {
  /** Public API: stable, SCREAMING_SNAKE, noun first (`INVOICE_NOT_DRAFT`). */
  code: string;
  kind: ErrorKind;
  /** For engineers; logged, never sent to a client. */
  message: string;
  /** What happened and what to do next, without internals; sent to clients. */
  userMessage: string;
  severity?: ErrorSeverity;
  /** True only when repeating the same call can succeed and is safe. */
  retriable?: boolean;
  /** Seconds after which a retry makes sense; becomes the Retry-After header. */
  retryAfterSeconds?: number;
  /** Ids and numbers only; sent to clients as `details` when `exposeContext` is set. */
  context?: Readonly<Record<string, unknown>>;
  exposeContext?: boolean;
  cause?: unknown;
}

/** The one error type that crosses a boundary on purpose; anything else reaches clients as an internal error. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly userMessage: string;
  readonly severity: ErrorSeverity;
  readonly retriable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly exposeContext: boolean;

  constructor(fields: AppErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.kind = fields.kind;
    this.userMessage = fields.userMessage;
    this.severity = fields.severity ?? (fields.kind === 'internal' ? 'error' : 'info');
    this.retriable = fields.retriable ?? (fields.kind === 'unavailable' || fields.kind === 'rate_limited');
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.context = fields.context ?? {};
    this.exposeContext = fields.exposeContext ?? false;
  }

  get httpStatus(): number {
    return httpStatusByKind[this.kind];
  }
}
