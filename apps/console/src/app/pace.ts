export interface PaceClock {
  now: () => number;
  wait: (milliseconds: number) => Promise<void>;
}

const machineClock: PaceClock = {
  now: () => performance.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Resolves at most so often per second; what took longer is not caught up afterwards. */
export function createPace(perSecond: number, { now, wait }: PaceClock = machineClock): () => Promise<void> {
  let earliest = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = Math.max(now(), earliest);
    earliest = at + 1000 / perSecond;
    if (at > now()) await wait(at - now());
  };
}
