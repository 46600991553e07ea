/** `blockSeconds` is how long a caller that went over the limit is refused. */
export interface RateLimitRule {
  max: number;
  windowSeconds: number;
  blockSeconds: number;
}

/** Each can be changed by `RATE_LIMIT_<NAME>=max/window/block`. */
const standardRules = {
  usage_read: { max: 60, windowSeconds: 60, blockSeconds: 60 },
  checkout: { max: 5, windowSeconds: 3600, blockSeconds: 3600 },
  portal: { max: 10, windowSeconds: 3600, blockSeconds: 3600 },
  voice_read: { max: 60, windowSeconds: 60, blockSeconds: 60 },
  voice_write: { max: 20, windowSeconds: 3600, blockSeconds: 3600 },
  sign_in: { max: 10, windowSeconds: 60, blockSeconds: 60 },
  session: { max: 300, windowSeconds: 60, blockSeconds: 60 },
} as const satisfies Record<string, RateLimitRule>;

export type RateLimitName = keyof typeof standardRules;

/** So rare that a row in the database costs nothing, and each of them matters: money, or who comes in. */
export const rareCalls: ReadonlySet<RateLimitName> = new Set([
  'sign_in',
  'checkout',
  'portal',
  'voice_write',
]);

export const rateLimitNames = Object.keys(standardRules).filter(isRateLimitName);

export function isRateLimitName(text: string): text is RateLimitName {
  return Object.hasOwn(standardRules, text);
}

/** The rule after overrides, which `env.ts` has already checked for their form. */
export function ruleOf(name: RateLimitName, overrides: Readonly<Record<string, string>>): RateLimitRule {
  const override = overrides[name];
  if (override === undefined) return standardRules[name];
  const [max = 0, windowSeconds = 0, blockSeconds = 0] = override.split('/').map(Number);
  return { max, windowSeconds, blockSeconds };
}

const limitByProcedure: Readonly<Record<string, RateLimitName>> = {
  'usage.summary': 'usage_read',
  'usage.series': 'usage_read',
  'usage.events': 'usage_read',
  'subscriptions.checkout': 'checkout',
  'subscriptions.portal': 'portal',
  'voice.get': 'voice_read',
  'voice.update': 'voice_write',
};

/** Which limit a call of the consoles counts against. */
export function limitOfProcedure(path: string): RateLimitName {
  return Object.hasOwn(limitByProcedure, path) ? (limitByProcedure[path] ?? 'session') : 'session';
}
