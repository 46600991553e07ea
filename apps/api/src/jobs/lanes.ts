export interface Claiming {
  /** Pieces of work at the same time. */
  width: number;
  claimsMax: number;
  /** Asked before every claim. */
  isOver: () => boolean;
  /** Takes the next piece of work and answers how to do it; null = nothing is left. */
  claim: () => Promise<(() => Promise<number>) | null>;
}

/**
 * Claims and works until nothing is left; answers how much was done. A lane is opened only when the one before it has
 * found something: claims follow each other, and an idle process looks once and not once for every lane.
 */
export async function inLanes(claiming: Claiming): Promise<number> {
  const lanes: Promise<number>[] = [];
  let claims = 0;
  const open = () => {
    if (lanes.length === claiming.width) return;
    const lane = work();
    // Awaited in turn below; one that fails before its turn must not look forgotten.
    lane.catch(() => undefined);
    lanes.push(lane);
  };
  async function work(): Promise<number> {
    let [done, isFirst] = [0, true];
    while (claims < claiming.claimsMax && !claiming.isOver()) {
      claims += 1;
      const piece = await claiming.claim();
      if (piece === null) return done;
      if (isFirst) open();
      isFirst = false;
      done += await piece();
    }
    return done;
  }
  open();
  let done = 0;
  // Grows while it is walked.
  for (const lane of lanes) done += await lane;
  return done;
}

/** Visits every item, so many at the same time. When visits fail the others still end, and the first failure is told. */
export async function sideBySide<T>(
  items: Iterable<T>,
  width: number,
  visit: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await visit(next.value);
  };
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
