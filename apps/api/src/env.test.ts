import { describe, expect, it } from 'vitest';
import { EnvironmentProblem, parseEnvironment } from './env.ts';

const usable = {
  DATABASE_URL: 'postgres://localhost/metergate',
  AUTH_SECRET: 'at least thirty-two characters long',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
};
const live = { ...usable, STRIPE_SECRET_KEY: 'sk_live_abc123' };
const production = { ...live, NODE_ENV: 'production', PUBLIC_URL: 'https://billing.example.com' };

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    parseEnvironment(source);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentProblem) return error.problems;
    throw error;
  }
}

describe('parseEnvironment', () => {
  it('accepts the least that is needed and fills in the rest', () => {
    expect(parseEnvironment(usable)).toMatchObject({
      PORT: 4000,
      ROLE: 'all',
      TEST_SEAMS: false,
      STRIPE_TAX: 'off',
    });
  });

  it('reports all problems together, by variable and without the values', () => {
    const problems = problemsOf({ PORT: '99999', ROLE: 'boss', AUTH_SECRET: 'hunter2', LOG_LEVEL: 'loud' });
    const variables = problems.map((problem) => problem.split(':')[0]);
    expect(variables).toEqual(
      expect.arrayContaining([
        'PORT',
        'ROLE',
        'AUTH_SECRET',
        'LOG_LEVEL',
        'STRIPE_WEBHOOK_SECRET',
        'DATABASE_URL',
      ]),
    );
    expect(problems.join()).not.toMatch(/hunter2|99999|boss|loud/);
  });

  it('takes an empty value for none', () => {
    expect(
      parseEnvironment({ ...usable, PUBLIC_URL: '', STRIPE_SECRET_KEY: '' }).STRIPE_SECRET_KEY,
    ).toBeUndefined();
  });

  it('reads STRIPE_PUBLIC_KEY as the publishable key', () => {
    expect(parseEnvironment({ ...usable, STRIPE_PUBLIC_KEY: 'pk_test_1' }).STRIPE_PUBLISHABLE_KEY).toBe(
      'pk_test_1',
    );
  });

  it('splits webhook secrets while they rotate', () => {
    const secrets = 'whsec_0123456789abcdef, whsec_fedcba9876543210';
    expect(
      parseEnvironment({ ...usable, STRIPE_WEBHOOK_SECRET: secrets }).STRIPE_WEBHOOK_SECRET,
    ).toHaveLength(2);
  });

  it.each([
    [
      'keys without a webhook secret',
      { ...usable, STRIPE_WEBHOOK_SECRET: '', STRIPE_SECRET_KEY: 'sk_test_1' },
      'STRIPE_WEBHOOK_SECRET',
    ],
    [
      'a live key that is sent elsewhere',
      { ...live, STRIPE_API_BASE: 'http://127.0.0.1:4010' },
      'STRIPE_API_BASE',
    ],
    [
      'a restricted live key that is sent elsewhere',
      { ...usable, STRIPE_SECRET_KEY: 'rk_live_1', STRIPE_API_BASE: 'http://127.0.0.1:1' },
      'STRIPE_API_BASE',
    ],
    ['the demo with live keys', { ...live, DEMO: '1' }, 'DEMO'],
    ['keys of two modes', { ...live, STRIPE_PUBLISHABLE_KEY: 'pk_test_1' }, 'STRIPE_PUBLISHABLE_KEY'],
    ['test seams in production', { ...production, TEST_SEAMS: '1' }, 'TEST_SEAMS'],
    ['test seams for other machines', { ...usable, TEST_SEAMS: '1', HOST: '0.0.0.0' }, 'TEST_SEAMS'],
    ['the emulator in production', { ...production, STRIPE_SECRET_KEY: '' }, 'STRIPE_SECRET_KEY'],
    ['public http in production', { ...production, PUBLIC_URL: 'http://billing.example.com' }, 'PUBLIC_URL'],
    ['ClickHouse without its address', { ...usable, USAGE_STORE: 'clickhouse' }, 'CLICKHOUSE_URL'],
    ['a rate limit of another form', { ...usable, RATE_LIMIT_CHECKOUT: '5' }, 'RATE_LIMIT_CHECKOUT'],
    ['crash points without seams', { ...usable, CRASH_AT: 'ingest.before_commit:1' }, 'CRASH_AT'],
    ['trust in every proxy', { ...usable, TRUSTED_PROXIES: 'true' }, 'TRUSTED_PROXIES'],
  ])('refuses %s', (_what, source, variable) => {
    expect(problemsOf(source).map((problem) => problem.split(/[:.]/)[0])).toEqual([variable]);
  });

  it('accepts production with https, and http on loopback', () => {
    expect(problemsOf(production)).toEqual([]);
    expect(problemsOf({ ...production, PUBLIC_URL: 'http://127.0.0.1:4000' })).toEqual([]);
  });
});
