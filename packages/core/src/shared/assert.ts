import { AppError } from './app-error.ts';

/** States what must hold here; a broken invariant is a bug of ours and is reported as critical. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw invariantBroken(invariant);
}

/** Ends a `switch` over a union: a new member no longer compiles until it is handled. */
export function assertNever(value: never): never {
  throw invariantBroken(`unexpected value ${JSON.stringify(value)}`);
}

function invariantBroken(invariant: string): AppError {
  return new AppError({
    code: 'INVARIANT_BROKEN',
    kind: 'internal',
    severity: 'critical',
    message: `invariant broken: ${invariant}`,
    userMessage: 'Something went wrong on our side. We have been told; nothing was changed.',
  });
}
