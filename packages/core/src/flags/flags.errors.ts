import { AppError } from '../shared/app-error.ts';

/** Somebody else saved in the meantime. */
export function flagChanged(version: number): AppError {
  return new AppError({
    code: 'FLAG_CHANGED',
    kind: 'conflict',
    message: 'flag has another version than the editor saw',
    userMessage: 'Somebody changed this flag in the meantime. Reload it, then make your change again.',
    context: { version },
    exposeContext: true,
  });
}

export function flagValueInvalid(problem: string): AppError {
  return new AppError({
    code: 'FLAG_VALUE_INVALID',
    kind: 'invalid_input',
    message: `flag value ${problem}`,
    userMessage: `This value does not fit the flag: it ${problem}.`,
  });
}

export function flagKindFixed(): AppError {
  return new AppError({
    code: 'FLAG_KIND_FIXED',
    kind: 'conflict',
    message: 'kind of an existing flag changed',
    userMessage: 'A flag keeps its kind. Make a new flag instead.',
  });
}
