export interface DoubleRequest {
  /** `?state=` of the page that asks: loading, error, empty, forbidden, past_due, closed, first_day, member, nostaff, new. */
  state: string;
  path: string;
  isSignedIn?: boolean;
}

/** A refusal the way the API words it. */
export class DoubleRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(
    ...[status, code, message, details = {}]: [
      status: number,
      code: string,
      message: string,
      details?: Record<string, unknown>,
    ]
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
