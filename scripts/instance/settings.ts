import { resolve } from 'node:path';
import process from 'node:process';
import { StartProblem } from './start-problem.ts';

/** What the supervisor itself decides by; the application validates the whole environment in its own env.ts. */
export interface Settings {
  port: number;
  emulatorPort: number;
  dataFolder: string;
  /** null: the embedded database. */
  databaseUrl: string | null;
  /** Without Stripe keys the emulator stands in. */
  usesEmulator: boolean;
  wantsDemo: boolean;
  environment: NodeJS.ProcessEnv;
}

export function readSettings(given: NodeJS.ProcessEnv = process.env): Settings {
  // A copied .env.example spells "not set" as an empty value, which must not hide what is made up for it.
  const environment = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const stripeKey = environment.STRIPE_SECRET_KEY ?? null;
  return {
    port: readPort(environment, 'PORT', 4000),
    emulatorPort: readPort(environment, 'STRIPE_EMULATOR_PORT', 4010),
    dataFolder: resolve(environment.DATA_DIR ?? '.metergate'),
    databaseUrl: environment.DATABASE_URL ?? null,
    usesEmulator: stripeKey === null,
    wantsDemo: wantsDemo(environment.DEMO, stripeKey),
    environment,
  };
}

/** Invented customers never meet real money: live keys rule the demo out, test keys need it asked for. */
function wantsDemo(demo: string | undefined, stripeKey: string | null): boolean {
  if (stripeKey?.includes('_live_')) return false;
  return stripeKey === null ? demo !== '0' : demo === '1';
}

function readPort(environment: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const text = environment[variable];
  if (!text) return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartProblem(`${variable}=${text} is not a port. Use a number from 1 to 65535.`);
  }
  return port;
}
