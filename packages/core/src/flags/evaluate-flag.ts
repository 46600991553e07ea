import type { z } from 'zod';
import { assert, assertNever } from '../shared/assert.ts';
import { formatFixed, parseScaled } from '../shared/money/decimal.ts';
import type { flagExplanationViewSchema, flagRuleSchema, flagValueSchema } from './flags.schemas.ts';
import { hashText, organizationBucket } from './organization-bucket.ts';

export type FlagValue = z.infer<typeof flagValueSchema>;
export type FlagRule = z.infer<typeof flagRuleSchema>;
/** The value, the step that decided it, and the bucket ("37.42") that a rollout compares with its percentage. */
export type FlagEvaluation = z.infer<typeof flagExplanationViewSchema>;

export interface Flag {
  key: string;
  kind: 'boolean' | 'variant';
  variants: readonly string[];
  defaultValue: FlagValue;
  /** Off = still a draft: everybody gets the default. */
  isEnabled: boolean;
  isKilled: boolean;
  /** 0–100 with at most two decimals. */
  rolloutPercent: string;
  rules: readonly FlagRule[];
}

/** What rules may look at. */
export interface FlagSubject {
  organizationId: string;
  /** Plan key per family the organization is subscribed in. */
  plans: ReadonlyMap<string, string>;
  currency: string;
  country: string | null;
  createdAt: Date;
}

export interface FlagQuestion {
  flag: Flag;
  subject: FlagSubject;
  override?: { value: FlagValue; expiresAt: Date | null } | undefined;
  at: Date;
}

/**
 * Kill switch → organization override → plan → segment → percentage → default; the first that applies decides.
 * A killed boolean is false, a killed variant its default. Raising a percentage only adds organizations.
 */
export function evaluateFlag({ flag, subject, override, at }: FlagQuestion): FlagEvaluation {
  const position = organizationBucket(flag.key, subject.organizationId);
  const answer = (value: FlagValue, rule: FlagEvaluation['rule']): FlagEvaluation => ({
    value,
    rule,
    bucket: formatFixed(BigInt(position), 2),
  });
  if (flag.isKilled) return answer(flag.kind === 'boolean' ? false : flag.defaultValue, 'kill_switch');
  if (!flag.isEnabled) return answer(flag.defaultValue, 'default');
  if (
    override !== undefined &&
    (override.expiresAt === null || at.getTime() < override.expiresAt.getTime())
  ) {
    return answer(override.value, 'override');
  }
  for (const kind of ['plan', 'segment'] as const) {
    const rule = flag.rules.find((candidate) => candidate.kind === kind && applies(candidate, subject));
    if (rule !== undefined) return answer(rule.value, kind);
  }
  if (position < rolloutHundredths(flag.rolloutPercent)) {
    return answer(rolloutValue(flag, subject.organizationId), 'percentage');
  }
  return answer(flag.defaultValue, 'default');
}

function applies(rule: FlagRule, subject: FlagSubject): boolean {
  if (rule.kind === 'plan') {
    const plan = subject.plans.get(rule.family);
    return plan !== undefined && rule.plans.includes(plan);
  }
  switch (rule.attribute) {
    case 'currency':
      return rule.values.includes(subject.currency);
    case 'country':
      return subject.country !== null && rule.values.includes(subject.country);
    case 'created_after':
      return rule.values.some((text) => subject.createdAt.getTime() >= Date.parse(text));
    default:
      return assertNever(rule.attribute);
  }
}

/** Variants share the rollout evenly; the choice is a second hash so that it does not follow the bucket. */
function rolloutValue(flag: Flag, organizationId: string): FlagValue {
  if (flag.kind === 'boolean') return true;
  const choice = hashText(`variant:${flag.key}:${organizationId}`) % Math.max(flag.variants.length, 1);
  return flag.variants[choice] ?? flag.defaultValue;
}

function rolloutHundredths(percent: string): number {
  const scaled = parseScaled(percent);
  assert(scaled !== undefined && scaled >= 0n, 'a rollout percentage is a decimal that is not negative');
  return Number(scaled / 10n ** 10n);
}
