import { AppError } from '../../shared/app-error.ts';

export function lineNotDisputable(reason: string): AppError {
  return new AppError({
    code: 'LINE_NOT_DISPUTABLE',
    kind: 'conflict',
    message: `a line cannot be questioned: ${reason}`,
    userMessage: reason,
  });
}

export function caseClosed(status: string): AppError {
  return new AppError({
    code: 'CASE_CLOSED',
    kind: 'conflict',
    message: `the case is ${status}`,
    userMessage: `This case was ${status} already.`,
    context: { status },
    exposeContext: true,
  });
}

export function creditTooHigh(): AppError {
  return new AppError({
    code: 'CREDIT_TOO_HIGH',
    kind: 'invalid_input',
    message: 'a credit beyond what the line and the invoice can give',
    userMessage: 'The credit must be above zero and at most what the line charges and is not credited yet.',
  });
}
