/** PostgreSQL writes NUMERIC(38,12) with all its zeros; quantities are canonical. */
export function canonical(numeric: string): string {
  return numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
}
