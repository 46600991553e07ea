import { AppError } from '../../shared/app-error.ts';
import { parseInstant } from '../../shared/time/instant.ts';
import type { Period } from '../../shared/time/period.ts';

/** `from` and `to` where given, the edges of the current period otherwise. @throws SPAN_INVALID, INSTANT_INVALID */
export function spanOf(
  input: { from?: string | undefined; to?: string | undefined },
  current: Period,
): Period {
  const start = input.from === undefined ? current.start : parseInstant(input.from);
  const end = input.to === undefined ? current.end : parseInstant(input.to);
  if (start < end) return { start, end };
  throw new AppError({
    code: 'SPAN_INVALID',
    kind: 'malformed',
    message: 'a span starts before it ends',
    userMessage: 'The start must lie before the end.',
  });
}
