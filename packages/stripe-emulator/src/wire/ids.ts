import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Ids look like Stripe's: a prefix that names the kind, then letters and digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(prefix === 'cus' || prefix === 'prod' || prefix === 'si' ? 14 : 24)}`;
}
