/**
 * The text that a content hash is made of: JSON with sorted keys and without `undefined`, so that equal content
 * has one text whatever the order it was written in. The hash itself needs a platform and is made by the caller.
 */
export function contentHashInput(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
