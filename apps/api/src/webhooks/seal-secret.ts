import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Keeps secrets that we must be able to use ourselves unreadable in the database and its dumps: AES-256-GCM under a
 * key derived from AUTH_SECRET. With another AUTH_SECRET they are lost, and endpoints need new ones.
 */
export function createSeal(authSecret: string): {
  seal: (text: string) => string;
  open: (sealed: string) => string;
} {
  const key = Buffer.from(hkdfSync('sha256', authSecret, '', 'metergate webhook secrets', 32));
  return {
    seal(text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      const body = bytes.subarray(ivBytes + tagBytes);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}

/** `whsec_` and 32 random bytes in base64: the form of the Standard Webhooks. */
export function createWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
