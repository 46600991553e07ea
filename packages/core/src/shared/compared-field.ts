/** One mapped field of one object as we hold it and as Stripe holds it. */
export interface ComparedField {
  /** For example `subscription sub_123`. */
  object: string;
  field: string;
  local: string | null;
  remote: string | null;
  equal: boolean;
}

export type ComparableValue = string | number | bigint | boolean | Date | null | undefined;
export type ComparableFields = Readonly<Record<string, ComparableValue>>;

/** Field by field in the order of `remote`; `local` null = we do not have the object yet. */
export function compareFields(
  object: string,
  local: ComparableFields | null,
  remote: ComparableFields,
): ComparedField[] {
  return Object.entries(remote).map(([field, value]) => {
    const left = local === null ? null : comparableText(local[field]);
    const right = comparableText(value);
    return { object, field, local: left, remote: right, equal: local !== null && left === right };
  });
}

/** Only what differs; an empty list means there is nothing to do. */
export function differences(fields: readonly ComparedField[]): ComparedField[] {
  return fields.filter(({ equal }) => !equal);
}

function comparableText(value: ComparableValue): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value.toISOString() : String(value);
}
