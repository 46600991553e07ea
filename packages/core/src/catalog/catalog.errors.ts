import { AppError } from '../shared/app-error.ts';

/** A catalogue file contradicts itself; the process that loads it must not start. */
export function catalogInvalid(family: string, problems: readonly string[]): AppError {
  return new AppError({
    code: 'CATALOG_INVALID',
    kind: 'internal',
    message: `product family ${family} is not valid: ${problems.join('; ')}`,
    userMessage: 'The catalogue is not valid. The log of the server names the problems.',
    context: { family, problems },
  });
}

/** What was agreed by hand does not make a plan. */
export function tailoredTermsInvalid(problems: readonly string[]): AppError {
  return new AppError({
    code: 'TAILORED_TERMS_INVALID',
    kind: 'invalid_input',
    message: problems.join('; '),
    userMessage: `These terms do not make a plan: ${problems.join('; ')}.`,
    context: { problems },
    exposeContext: true,
  });
}

/** Somebody named a family that is not loaded. */
export function familyUnknown(key: string): AppError {
  return new AppError({
    code: 'FAMILY_UNKNOWN',
    kind: 'not_found',
    message: `product family ${JSON.stringify(key.slice(0, 60))} is not loaded`,
    userMessage: 'This product family does not exist.',
  });
}
