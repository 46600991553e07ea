import { createHash, randomBytes } from 'node:crypto';
import type { SecretSource } from '@metergate/core/shared/secret-source';

const SECRET_BYTES = 24;

/** 192 random bits; only their digest is stored. They are long and random, so a fast hash is enough. */
export const secretSource: SecretSource = {
  create: () => randomBytes(SECRET_BYTES).toString('base64url'),
  hash: (secret) => createHash('sha256').update(secret).digest(),
};
