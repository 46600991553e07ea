import type { LocalSecrets } from '../instance/secrets.ts';
import type { Settings } from '../instance/settings.ts';
import type { Database } from './database.ts';

export function emulatorEnvironment(settings: Settings, secrets: LocalSecrets): NodeJS.ProcessEnv {
  return {
    ...settings.environment,
    STRIPE_EMULATOR_PORT: String(settings.emulatorPort),
    DATA_DIR: settings.dataFolder,
    STRIPE_WEBHOOK_SECRET: secrets.emulatorWebhookSecret,
    STRIPE_WEBHOOK_URL: `http://127.0.0.1:${settings.port}/api/webhooks/stripe`,
  };
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
