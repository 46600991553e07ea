import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export interface LocalSecrets {
  authSecret: string;
  emulatorWebhookSecret: string;
}

/** Made once and kept: sessions and webhook signatures survive a restart. Readable by the owner alone. */
export function loadOrCreateSecrets(dataFolder: string): LocalSecrets {
  const file = join(dataFolder, 'secrets.json');
  if (!existsSync(file)) createSecrets(dataFolder, file);
  const stored: LocalSecrets = JSON.parse(readFileSync(file, 'utf8'));
  return stored;
}

function createSecrets(dataFolder: string, file: string): void {
  mkdirSync(dataFolder, { recursive: true });
  const secrets: LocalSecrets = {
    authSecret: randomBytes(32).toString('base64url'),
    emulatorWebhookSecret: `whsec_${randomBytes(32).toString('base64url')}`,
  };
  const complete = `${file}.${process.pid}`;
  writeFileSync(complete, JSON.stringify(secrets), { mode: 0o600 });
  try {
    linkSync(complete, file);
  } finally {
    rmSync(complete, { force: true });
  }
}
