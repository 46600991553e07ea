import process from 'node:process';
import { z } from 'zod';
import { contradictionsIn } from './env-rules.ts';
import { type Environment, environmentSchema } from './env-schema.ts';

export type { Environment } from './env-schema.ts';

/** The settings of the process are unusable; `message` lists every problem, one line each. */
export class EnvironmentProblem extends Error {
  override readonly name = 'EnvironmentProblem';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Validates the whole environment at once. An empty value counts as absent, because that is how shells and
 * compose files spell "not set".
 *
 * @throws EnvironmentProblem with all problems together: variable name and what is expected, never the value.
 */
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  if (given.STRIPE_PUBLISHABLE_KEY === undefined && given.STRIPE_PUBLIC_KEY !== undefined) {
    given.STRIPE_PUBLISHABLE_KEY = given.STRIPE_PUBLIC_KEY;
  }
  const parsed = environmentSchema.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map(describeIssue);
  problems.push(...contradictionsIn(given), ...rateLimitProblems(given));
  if (!parsed.success || problems.length > 0) throw new EnvironmentProblem([...new Set(problems)]);
  return { ...parsed.data, rateLimits: rateLimitOverrides(given) };
}

/** Reads the environment of this process; the only place that does. */
export function loadEnvironment(): Environment {
  return parseEnvironment(process.env);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.') || 'environment'}: ${issue.message}`;
}

const rateLimitValue = z.string().regex(/^\d{1,7}\/\d{1,6}\/\d{1,6}$/);

function rateLimitEntries(given: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(given).flatMap(([name, value]) =>
    name.startsWith('RATE_LIMIT_') && value !== undefined ? [[name, value] satisfies [string, string]] : [],
  );
}

function rateLimitProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  return rateLimitEntries(given)
    .filter(([, value]) => !rateLimitValue.safeParse(value).success)
    .map(([name]) => `${name}: expected max/windowSeconds/blockSeconds, for example 60/60/60`);
}

function rateLimitOverrides(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    rateLimitEntries(given).map(([name, value]) => [name.slice('RATE_LIMIT_'.length).toLowerCase(), value]),
  );
}
