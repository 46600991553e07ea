/** A span of time: `start` belongs to it, `end` does not, so neighbours share one instant. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** Throws RangeError unless both instants are valid and `start < end`. */
export function period(start: Date, end: Date): Period {
  if (!(start.getTime() < end.getTime())) {
    throw new RangeError('a period starts before it ends, and both are valid instants');
  }
  return { start: new Date(start), end: new Date(end) };
}

export function contains(span: Period, at: Date): boolean {
  return span.start.getTime() <= at.getTime() && at.getTime() < span.end.getTime();
}

export function overlaps(left: Period, right: Period): boolean {
  return left.start.getTime() < right.end.getTime() && right.start.getTime() < left.end.getTime();
}

/** The part both have in common, or `undefined` when they only touch. */
export function intersection(left: Period, right: Period): Period | undefined {
  if (!overlaps(left, right)) return undefined;
  return {
    start: new Date(Math.max(left.start.getTime(), right.start.getTime())),
    end: new Date(Math.min(left.end.getTime(), right.end.getTime())),
  };
}

/** Length in whole seconds; instants inside a second count as its beginning, as payment providers see them. */
export function periodSeconds(span: Period): bigint {
  return epochSeconds(span.end) - epochSeconds(span.start);
}

/** Seconds since 1970, rounded down. */
export function epochSeconds(at: Date): bigint {
  return BigInt(Math.floor(at.getTime() / 1000));
}
