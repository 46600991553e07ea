import { AppError } from '@metergate/core';
import { parseCurrency } from '@metergate/core/shared/money/currency';

/** Seconds since 1970 → instant. Absent stays absent: a missing period must never become 1970. */
export function instantFromStripe(seconds: number | null | undefined): Date | null {
  if (seconds === null || seconds === undefined) return null;
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw shapeUnknown('instant', String(seconds));
  return new Date(seconds * 1000);
}

/** As `instantFromStripe` for a field that must be there. */
export function requireInstant(seconds: number | null | undefined, field: string): Date {
  const at = instantFromStripe(seconds);
  if (at === null) throw shapeUnknown(field, 'absent');
  return at;
}

/** Stripe writes currencies in lower case. */
export function currencyFromStripe(code: string): string {
  return parseCurrency(code);
}

/** An id, whether the object was expanded or not. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}

/** Reads one of a closed list; a value Stripe adds later is a dead letter with an alert, not a wrong state. */
export function oneOf<T extends string>(known: readonly T[], value: string | null, field: string): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw shapeUnknown(field, value ?? 'null');
  return found;
}

export function shapeUnknown(field: string, value: string): AppError {
  return new AppError({
    code: 'STRIPE_VALUE_UNKNOWN',
    kind: 'internal',
    severity: 'error',
    retriable: false,
    message: `Stripe sent an unknown ${field}: ${value.slice(0, 80)}`,
    userMessage: 'The payment service sent something we do not understand. We have been told.',
    context: { field, value: value.slice(0, 80) },
  });
}
