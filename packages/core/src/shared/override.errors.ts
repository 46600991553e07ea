import { AppError } from './app-error.ts';

export function overrideExpiryPassed(): AppError {
  return new AppError({
    code: 'OVERRIDE_EXPIRY_PASSED',
    kind: 'invalid_input',
    message: 'override would have expired already',
    userMessage: 'Choose a time in the future for the exception to end.',
  });
}
