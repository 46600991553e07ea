import type { LimitSubject } from './limit-subject.ts';
import { limitWindow } from './limit-window.ts';
import type { CounterKey } from './limits.ports.ts';

/** The running total of a metered feature in the window that contains the instant. */
export function counterKeyOf(
  { snapshot, grant, at: now }: Pick<LimitSubject, 'snapshot' | 'grant' | 'at'>,
  at: Date = now,
): CounterKey {
  return {
    organizationId: snapshot.facts.organizationId,
    feature: grant.feature.key,
    window: limitWindow(grant, snapshot.facts.timeZone, at),
    aggregation: grant.meter?.aggregation ?? 'sum',
  };
}

/** Whether a quantity of the feature can be taken: only where every event adds to the total by itself. */
export function isConsumable({ grant }: Pick<LimitSubject, 'grant'>): boolean {
  return grant.meter !== null && isAdditive({ aggregation: grant.meter.aggregation });
}

/** Whether a total is the sum of what its events add, so that it can be kept up instead of computed. */
export function isAdditive({ aggregation }: Pick<CounterKey, 'aggregation'>): boolean {
  return aggregation === 'sum' || aggregation === 'count';
}

/** The same total always has the same name. */
export function counterName({ organizationId, feature, window, clientId }: CounterKey): string {
  return `${organizationId} ${feature} ${clientId ?? ''} ${window.start.getTime()} ${window.end.getTime()}`;
}
