import process from 'node:process';
import { z } from 'zod';

export interface CliEnvironment {
  ownerUrl: string;
  /** A login per role, of the embedded database; absent = one login that switches roles. */
  roleUrls: Record<'app' | 'auth' | 'ingest' | 'platform' | 'worker', string> | undefined;
  stripeKey: string;
  /** null = Stripe itself. */
  stripeBase: string | null;
  /** Prices of before this catalogue, to be taken over by a push. */
  existingPrices: { setting: string; stripeId: string; plan: string }[];
  /** Families to load; empty = all. */
  catalog: string[];
}

const text = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));
const roleUrlsSchema = z.object({
  app: z.string(),
  auth: z.string(),
  ingest: z.string(),
  platform: z.string(),
  worker: z.string(),
});
const schema = z.object({
  DATABASE_URL: text,
  DATABASE_ROLE_URLS: text,
  STRIPE_SECRET_KEY: text,
  STRIPE_API_BASE: text,
  STRIPE_EMULATOR_PORT: text,
  CATALOG: text,
  STRIPE_PRICE_PRO: text,
  STRIPE_PRICE_BUSINESS: text,
  STRIPE_PRICE_ENTERPRISE: text,
  STRIPE_PRICE_BASIC_SUB: text,
  STRIPE_PRICE_PRO_SUB: text,
});

/** As the application reads them. */
const planBySetting = {
  STRIPE_PRICE_PRO: 'voice-ops/pro',
  STRIPE_PRICE_BUSINESS: 'voice-ops/business',
  STRIPE_PRICE_ENTERPRISE: 'voice-ops/enterprise',
  STRIPE_PRICE_BASIC_SUB: 'voice-words/basic',
  STRIPE_PRICE_PRO_SUB: 'voice-words/pro',
} as const;
type PriceSetting = keyof typeof planBySetting;

function existingPricesOf(env: z.output<typeof schema>): CliEnvironment['existingPrices'] {
  return (Object.entries(planBySetting) as [PriceSetting, string][]).flatMap(([setting, plan]) => {
    const stripeId = env[setting];
    return stripeId === undefined ? [] : [{ setting, stripeId, plan }];
  });
}

/** The variables this process was started with. */
export const ownVariables: NodeJS.ProcessEnv = process.env;

/** The same settings as the application's; `npm run metergate` fills in those of the local instance. */
export function readEnvironment(source: NodeJS.ProcessEnv): CliEnvironment {
  const env = schema.parse(source);
  if (env.DATABASE_URL === undefined) {
    throw new Error('DATABASE_URL is not set. Run this tool as "npm run -s metergate -- …".');
  }
  const roleUrls = env.DATABASE_ROLE_URLS;
  return {
    ownerUrl: env.DATABASE_URL,
    roleUrls: roleUrls === undefined ? undefined : roleUrlsSchema.parse(JSON.parse(roleUrls)),
    stripeKey: env.STRIPE_SECRET_KEY ?? 'sk_test_emulator',
    stripeBase: stripeBaseOf(env),
    existingPrices: existingPricesOf(env),
    catalog: env.CATALOG?.split(',').map((family) => family.trim()) ?? [],
  };
}

function stripeBaseOf(env: z.output<typeof schema>): string | null {
  if (env.STRIPE_API_BASE !== undefined) return env.STRIPE_API_BASE;
  return env.STRIPE_SECRET_KEY === undefined
    ? `http://127.0.0.1:${env.STRIPE_EMULATOR_PORT ?? '4010'}`
    : null;
}
