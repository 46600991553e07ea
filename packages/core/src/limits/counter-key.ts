import { compareQuantities, type Quantity, subtractQuantities } from '../shared/money/quantity.ts';
import { counterDelta } from '../usage/usage-event.ts';
import type { FeatureGrant } from './entitlement-snapshot.ts';
import type { LimitSubject } from './limit-subject.ts';
import { limitWindow } from './limit-window.ts';
import type { CounterKey, CounterLevels } from './limits.ports.ts';

/** The running total of a metered feature in the window that contains the instant. */
export function counterKeyOf(
  { snapshot, grant, at: now }: Pick<LimitSubject, 'snapshot' | 'grant' | 'at'>,
  at: Date = now,
): CounterKey {
  const window = limitWindow(grant, snapshot.facts.timeZone, at);
  const { organizationId } = snapshot.facts;
  const last = lastKeys.get(grant);
  if (last !== undefined && last.window === window && last.organizationId === organizationId) return last;
  const key: CounterKey = {
    organizationId,
    feature: grant.feature.key,
    window,
    aggregation: grant.meter?.aggregation ?? 'sum',
  };
  lastKeys.set(grant, key);
  return key;
}

/** The same total of the same rights is the same object, so that its name is written once. */
const lastKeys = new WeakMap<FeatureGrant, CounterKey>();

/** Whether a quantity of the feature can be taken: only where every event adds to the total by itself. */
export function isConsumable({ grant }: Pick<LimitSubject, 'grant'>): boolean {
  return grant.meter !== null && isAdditive({ aggregation: grant.meter.aggregation });
}

/**
 * What taking the quantity would add to the total: of meters that count events one, whatever the event says. A largest
 * or latest value moves only as far as it exceeds the level.
 */
export function addedBy(
  { grant, quantity }: Pick<LimitSubject, 'grant' | 'quantity'>,
  { used }: Pick<CounterLevels, 'used'>,
): Quantity {
  const aggregation = grant.meter?.aggregation ?? 'sum';
  if (aggregation !== 'max' && aggregation !== 'latest')
    return counterDelta(aggregation, quantity) ?? quantity;
  return compareQuantities(quantity, used) > 0 ? subtractQuantities(quantity, used) : '0';
}

/** Whether a total is the sum of what its events add. */
export function isAdditive({ aggregation }: Pick<CounterKey, 'aggregation'>): boolean {
  return aggregation === 'sum' || aggregation === 'count';
}

/**
 * Whether a running total is kept up by everybody who adds usage, instead of computed when it is asked for. Different
 * values are: with each counter is written down which values it has counted.
 */
export function isKept({ aggregation }: Pick<CounterKey, 'aggregation'>): boolean {
  return isAdditive({ aggregation }) || aggregation === 'unique_count';
}

/** The same total always has the same name. */
export function counterName(key: CounterKey): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = nameOf(key);
  names.set(key, name);
  return name;
}

const names = new WeakMap<CounterKey, string>();

function nameOf({ organizationId, feature, window, clientId }: CounterKey): string {
  return `${organizationId} ${feature} ${clientId ?? ''} ${window.start.getTime()} ${window.end.getTime()}`;
}
