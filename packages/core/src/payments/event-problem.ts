import { AppError } from '../shared/app-error.ts';
import type { SyncEffect } from './apply-stripe-facts.ts';

/** A new subscription with prices nobody knows must not look as if it had been dealt with; null = it was. */
export function eventProblem(objectId: string | null, { issues, compared }: SyncEffect): AppError | null {
  const object = `subscription ${objectId}`;
  const isUnknown = issues.some(
    ({ code, stripeId }) => code === 'SUBSCRIPTION_PRICE_UNKNOWN' && stripeId === objectId,
  );
  if (!isUnknown || compared.some((field) => field.object === object)) return null;
  return new AppError({
    code: 'SUBSCRIPTION_PRICE_UNKNOWN',
    kind: 'conflict',
    severity: 'error',
    message: `the prices of ${object} are not of this catalogue`,
    userMessage: 'The subscription has prices that this catalogue does not know.',
  });
}
