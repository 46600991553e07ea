import { AppError } from '../../shared/app-error.ts';

export function noSubscriptionToChange(family: string): AppError {
  return new AppError({
    code: 'SUBSCRIPTION_NOT_FOUND',
    kind: 'not_found',
    message: `no live subscription of ${family}`,
    userMessage: 'There is no running subscription to change. Choose a plan to start one.',
  });
}

export function changeNotPossible(status: string, next: string): AppError {
  return new AppError({
    code: 'CHANGE_NOT_POSSIBLE',
    kind: 'conflict',
    message: `subscription is ${status}`,
    userMessage: next,
    context: { status },
    exposeContext: true,
  });
}

export function extensionInvalid(daysMax: number): AppError {
  return new AppError({
    code: 'EXTENSION_INVALID',
    kind: 'invalid_input',
    message: `extension is not between 1 and ${daysMax} days`,
    userMessage:
      daysMax < 1 ? 'It cannot be extended any further.' : `Choose between 1 and ${daysMax} whole days.`,
  });
}

export function nothingToChange(): AppError {
  return new AppError({
    code: 'CHANGE_IS_NOTHING',
    kind: 'invalid_input',
    message: 'target equals the present subscription',
    userMessage: 'This is what you have already. Choose another plan, interval or quantity.',
  });
}

export function quoteExpired(): AppError {
  return new AppError({
    code: 'QUOTE_EXPIRED',
    kind: 'conflict',
    message: 'quote is older than ten minutes',
    userMessage: 'This quote has expired. Ask for a new one; nothing was charged.',
  });
}

/** Both figures in minor units as text, so that the person can decide again. */
export function quoteChanged(figures: {
  quotedMinor: string;
  currentMinor: string;
  currency: string;
}): AppError {
  return new AppError({
    code: 'QUOTE_CHANGED',
    kind: 'conflict',
    message: `quoted ${figures.quotedMinor}, now ${figures.currentMinor} ${figures.currency}`,
    userMessage: 'The amount changed since the quote was made. Review the new amount and confirm again.',
    context: figures,
    exposeContext: true,
  });
}

export function quoteHasConflicts(messages: readonly string[]): AppError {
  return new AppError({
    code: 'QUOTE_HAS_CONFLICTS',
    kind: 'conflict',
    message: messages.join('; '),
    userMessage: `This change does not fit what you use now: ${messages.join('; ')}.`,
    context: { conflicts: messages },
    exposeContext: true,
  });
}
