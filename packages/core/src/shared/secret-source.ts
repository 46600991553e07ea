/** Makes and hashes secrets that are shown once and stored hashed (keys, invitation links). */
export interface SecretSource {
  /** At least 160 random bits as URL-safe text. */
  create(): string;
  /** SHA-256 of the UTF-8 text. */
  hash(secret: string): Uint8Array;
}
