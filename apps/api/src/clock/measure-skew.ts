import type { Clock } from '@metergate/core';
import type { createSimulatedClockStore } from '@metergate/db';

export interface SkewDeps {
  clock: Clock;
  simulatedClock: Pick<ReturnType<typeof createSimulatedClockStore>, 'agreedTime'>;
  monotonicMs: () => number;
  /** Business time may be simulated, by the same offset in every process. */
  isSimulated: boolean;
}

/** Beyond this somebody is told. Signatures allow 300 seconds, usage from the future as many. */
export const skewAlarmMs = 2_000;

/** Milliseconds by which this process's clock is ahead of the database's; half a round trip is uncertain. */
export async function measureSkew(deps: SkewDeps): Promise<number> {
  const askedMs = deps.monotonicMs();
  const agreed = await deps.simulatedClock.agreedTime({ isSimulated: deps.isSimulated });
  const now = deps.clock.now().getTime();
  const roundTripMs = deps.monotonicMs() - askedMs;
  return Math.round(now - roundTripMs / 2 - agreed.getTime());
}
