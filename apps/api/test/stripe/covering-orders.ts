/**
 * Orders of these things that between them take every step from every set of things to every next one. When each
 * step of them leads from a set to the same state, every order of all of them ends in the same state, by induction
 * over the number of things; no other order has to be tried.
 */
export function coveringOrders<T extends string>(things: readonly T[]): T[][] {
  const candidates = ordersOf(things).map((order) => ({ order, steps: stepsOf(order) }));
  const left = new Set(candidates.flatMap(({ steps }) => steps));
  const chosen: T[][] = [];
  while (left.size > 0) {
    let best = { order: [] as T[], steps: [] as string[], gain: 0 };
    for (const { order, steps } of candidates) {
      const gain = steps.filter((step) => left.has(step)).length;
      if (gain > best.gain) best = { order, steps, gain };
    }
    chosen.push(best.order);
    for (const step of best.steps) left.delete(step);
  }
  return chosen;
}

export function ordersOf<T>(things: readonly T[]): T[][] {
  if (things.length <= 1) return [[...things]];
  return things.flatMap((first, n) =>
    ordersOf(things.filter((_, k) => k !== n)).map((rest) => [first, ...rest]),
  );
}

/** The name of a set of things, whatever their order. */
export function setName(things: readonly string[]): string {
  return things.toSorted().join(' + ');
}

function stepsOf(order: readonly string[]): string[] {
  return order.map((thing, n) => `${setName(order.slice(0, n))} → ${thing}`);
}
