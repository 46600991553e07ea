export interface ErrorFields {
  type:
    | 'invalid_request_error'
    | 'card_error'
    | 'idempotency_error'
    | 'api_error'
    | 'rate_limit'
    | 'authentication_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  [extra: string]: unknown;
}

/** An error that is answered in Stripe's envelope `{ "error": … }`. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly fields: ErrorFields;
  /** A declined charge leaves its traces (intent, failed charge, events); other failures leave nothing. */
  readonly keepsWrites: boolean;

  constructor(status: number, fields: ErrorFields, keepsWrites = false) {
    super(fields.message);
    this.status = status;
    this.fields = fields;
    this.keepsWrites = keepsWrites;
  }
}

export function invalidRequest(message: string, param?: string, code?: string): ApiFailure {
  return new ApiFailure(400, {
    type: 'invalid_request_error',
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

export function missingParameter(param: string): ApiFailure {
  return invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');
}

export function noSuchObject(kind: string, id: string, param = 'id'): ApiFailure {
  return new ApiFailure(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
  });
}
