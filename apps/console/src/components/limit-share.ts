import type { Limit } from '../app/views.ts';

/** A feature the plan does not contain is not "used up": nothing is running full. */
export function isInPlan(limit: Limit): boolean {
  return !limit.notInPlan;
}

/** Limits that can fill up, the fullest first. */
export function fullestFirst(limits: readonly Limit[]): Limit[] {
  return limits
    .filter((limit) => limit.percent !== null && isInPlan(limit))
    .sort((left, right) => Number(right.percent) - Number(left.percent));
}
