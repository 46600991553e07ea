/**
 * The one identity rule for sign-up, invitation and reset: compatibility-normalized, trimmed, lower case.
 * Dots and plus tags stay, because only some providers ignore them.
 */
export function normalizeEmail(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
