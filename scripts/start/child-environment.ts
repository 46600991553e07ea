import { join } from 'node:path';
import type { LocalSecrets } from '../instance/secrets.ts';
import type { Settings } from '../instance/settings.ts';
import type { Database } from './database.ts';

export function emulatorEnvironment(settings: Settings): NodeJS.ProcessEnv {
  return {
    ...settings.environment,
    STRIPE_EMULATOR_PORT: String(settings.emulatorPort),
    STRIPE_EMULATOR_DATA: join(emulatorFolder(settings), 'journal'),
  };
}

/** What Stripe would remember: deleted together with our database, because the two mirror each other. */
export function emulatorFolder(settings: Settings): string {
  return join(settings.dataFolder, 'emulator');
}

/** What the person set wins over what is made up here. */
export function apiEnvironment(
  settings: Settings,
  secrets: LocalSecrets,
  database: Database,
): NodeJS.ProcessEnv {
  return {
    ROLE: 'all',
    AUTH_SECRET: secrets.authSecret,
    ...settings.environment,
    ...(settings.usesEmulator ? { STRIPE_WEBHOOK_SECRET: secrets.emulatorWebhookSecret } : {}),
    ...database.environment,
    PORT: String(settings.port),
    STRIPE_EMULATOR_PORT: String(settings.emulatorPort),
    DATA_DIR: settings.dataFolder,
    DEMO: settings.wantsDemo ? '1' : '0',
  };
}
