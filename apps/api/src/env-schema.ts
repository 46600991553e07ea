import { z } from 'zod';

const switchSchema = z.enum(['0', '1'], { error: 'expected 0 or 1' }).transform((text) => text === '1');

function port(standard: number) {
  return z.coerce
    .number({ error: 'expected a port from 0 to 65535' })
    .int({ error: 'expected a port from 0 to 65535' })
    .min(0, { error: 'expected a port from 0 to 65535' })
    .max(65_535, { error: 'expected a port from 0 to 65535' })
    .default(standard);
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' });
const families = ['agency', 'voice-ops', 'agent-studio', 'voice-words', 'agent-leads'] as const;
const stripePrice = z
  .string()
  .regex(/^price_\w+$/, { error: 'expected a Stripe price id (price_…)' })
  .optional();

/** The embedded database has a login per role; an own one has a single login that switches roles. */
const roleUrlsSchema = z.string().transform((text, context) => {
  try {
    const urls: unknown = JSON.parse(text);
    return z
      .object({
        app: z.string(),
        auth: z.string(),
        ingest: z.string(),
        platform: z.string(),
        worker: z.string(),
      })
      .parse(urls);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected JSON { app, auth, ingest, platform, worker } of postgres URLs',
    });
    return z.NEVER;
  }
});

/** An address, a range or a name of express for local ones; never "all". */
const proxySchema = z.string().regex(/^(loopback|linklocal|uniquelocal|[\da-fA-F.:]+(\/\d{1,3})?)$/, {
  error: 'expected a comma list of addresses, ranges, loopback, linklocal or uniquelocal',
});

/** Every variable the application reads, except the pattern `RATE_LIMIT_<NAME>`. `.env.example` lists the same. */
export const environmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  ROLE: z.enum(['all', 'api', 'worker'], { error: 'expected all, api or worker' }).default('all'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port(4000),
  PUBLIC_URL: httpUrl.optional(),
  DATA_DIR: z.string().default('.metergate'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'expected postgres://…' })
    .optional(),
  DATABASE_ROLE_URLS: roleUrlsSchema.optional(),
  AUTH_SECRET: z
    .string({ error: 'expected at least 32 random characters (npm start makes one)' })
    .min(32, { error: 'expected at least 32 random characters' }),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+$/, { error: 'expected sk_test_…, sk_live_… or a restricted rk_… key' })
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string({
      error: 'expected whsec_…, comma separated while rotating; verification cannot be switched off',
    })
    .transform(commaList)
    .refine((secrets) => secrets.length > 0 && secrets.every((secret) => secret.length >= 16), {
      error: 'expected whsec_… values of at least 16 characters',
    }),
  STRIPE_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(test|live)_\w+$/, { error: 'expected pk_…' })
    .optional(),
  STRIPE_PUBLIC_KEY: z.string().optional(),
  STRIPE_API_BASE: httpUrl.optional(),
  STRIPE_EMULATOR_PORT: port(4010),
  STRIPE_REQUESTS_PER_SECOND: z.coerce
    .number({ error: 'expected requests per second of this process' })
    .int({ error: 'expected whole requests per second' })
    .min(2, { error: 'expected at least 2' })
    .max(1_000, { error: 'expected at most 1000' })
    .optional(),
  STRIPE_TAX: z.enum(['on', 'off'], { error: 'expected on or off' }).default('off'),
  CATALOG: z
    .string()
    .transform(commaList)
    .pipe(z.array(z.enum(families, { error: `expected a comma list of ${families.join(', ')}` })).min(1))
    .default([...families]),
  STRIPE_PRICE_PRO: stripePrice,
  STRIPE_PRICE_BUSINESS: stripePrice,
  STRIPE_PRICE_ENTERPRISE: stripePrice,
  STRIPE_PRICE_BASIC_SUB: stripePrice,
  STRIPE_PRICE_PRO_SUB: stripePrice,
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, { error: 'expected smtp://… or smtps://…' })
    .optional(),
  MAIL_FROM: z.string().max(200).optional(),
  SALES_EMAIL: z.email({ error: 'expected an e-mail address' }).optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, { error: 'expected redis://…' })
    .optional(),
  USAGE_STORE: z
    .enum(['postgres', 'clickhouse'], { error: 'expected postgres or clickhouse' })
    .default('postgres'),
  CLICKHOUSE_URL: httpUrl.optional(),
  USAGE_RETENTION_MONTHS: z.coerce
    .number({ error: 'expected a number of months from 4 to 240' })
    .int({ error: 'expected whole months' })
    .min(4, { error: 'expected at least 4 months' })
    .max(240, { error: 'expected at most 240 months' })
    .optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'expected trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  METRICS_TOKEN: z.string().min(16, { error: 'expected at least 16 characters' }).optional(),
  TRUSTED_PROXIES: z.string().transform(commaList).pipe(z.array(proxySchema)).default([]),
  DEMO: switchSchema.default(false),
  TEST_SEAMS: switchSchema.default(false),
  CRASH_AT: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+:\d{1,6}$/, { error: 'expected <point>:<n>' })
    .optional(),
});

export type Environment = z.output<typeof environmentSchema> & {
  /** `RATE_LIMIT_CHECKOUT=5/60/60` is here as `{ checkout: '5/60/60' }`. */
  rateLimits: Readonly<Record<string, string>>;
};
