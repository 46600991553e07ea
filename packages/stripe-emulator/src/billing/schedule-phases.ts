import type { SubscriptionRow } from '../store/billing-rows.ts';
import type { World } from '../world.ts';

/** When the subscription's schedule enters its next phase. */
export function nextPhaseAt(_world: World, _subscription: SubscriptionRow): number | null {
  return null;
}

export function advanceSchedule(_world: World, _subscription: SubscriptionRow): void {}
