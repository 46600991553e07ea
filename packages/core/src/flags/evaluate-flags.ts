import { notFound } from '../shared/ids.ts';
import { evaluateFlag, type FlagEvaluation, type FlagValue } from './evaluate-flag.ts';
import type { FlagFacts, FlagRecord } from './flags.ports.ts';

export interface EvaluatedFlag extends FlagEvaluation {
  key: string;
}

/** Every flag for one organization at one moment, in the order of the facts. */
export function evaluateFlags(facts: FlagFacts, at: Date): EvaluatedFlag[] {
  return facts.flags.map((flag) => ({ key: flag.key, ...evaluate(flag, facts, at) }));
}

/** Only the values, by flag key. */
export function flagValues(facts: FlagFacts, at: Date): Record<string, FlagValue> {
  return Object.fromEntries(evaluateFlags(facts, at).map(({ key, value }) => [key, value]));
}

/** Why one flag is what it is for an organization. @throws NOT_FOUND */
export function explainFlag(facts: FlagFacts, key: string, at: Date): FlagEvaluation {
  const flag = facts.flags.find((candidate) => candidate.key === key);
  if (flag === undefined) throw notFound('flag');
  return evaluate(flag, facts, at);
}

function evaluate(flag: FlagRecord, { overrides, subject }: FlagFacts, at: Date): FlagEvaluation {
  return evaluateFlag({ flag, subject, override: overrides.get(flag.key), at });
}
