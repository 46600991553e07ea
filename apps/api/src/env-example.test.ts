import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnvironment } from './env.ts';
import { environmentSchema } from './env-schema.ts';
import { rateLimitNames, ruleOf } from './rate-limits/rate-limit-rules.ts';

const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');
const example = Object.fromEntries(
  lines.flatMap((line) => {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    return match === null ? [] : [[match[1], match[2]]];
  }),
);

describe('.env.example', () => {
  it('lists exactly the variables that are read', () => {
    const read = [
      ...Object.keys(environmentSchema.shape),
      ...rateLimitNames.map((name) => `RATE_LIMIT_${name.toUpperCase()}`),
    ];
    expect(Object.keys(example).sort()).toEqual(read.sort());
  });

  it('explains each variable, or the group it starts, in a comment above it', () => {
    let explained = false;
    for (const line of lines) {
      if (line.startsWith('#')) explained = true;
      else if (line === '') explained = false;
      else expect({ line, explained }).toEqual({ line, explained: true });
    }
  });

  it('shows the values that count when nothing is set', () => {
    const minimal = {
      DATABASE_URL: 'postgres://localhost/x',
      AUTH_SECRET: 'x'.repeat(32),
      STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
    };
    const shown = parseEnvironment({ ...example, ...minimal });
    expect({ ...shown, rateLimits: {} }).toEqual(parseEnvironment(minimal));
    for (const name of rateLimitNames) expect(ruleOf(name, shown.rateLimits)).toEqual(ruleOf(name, {}));
  });
});
