const special = /["\\]/;

/**
 * An array parameter as PostgreSQL's text form. The driver makes the same, at several times the cost per element: for
 * a thousand events that was most of the time in which the process heard nobody else.
 */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(element).join(',')}}`;
}

/** The same for values that cannot contain a quote, comma, brace, backslash or space: ids, digests, numbers, instants. */
export function plainArray(values: readonly string[]): string {
  return `{${values.join(',')}}`;
}

/** The same where some are absent. */
export function plainArrayOrNull(values: readonly (string | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

function element(value: string | null): string {
  if (value === null) return 'NULL';
  return special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}
