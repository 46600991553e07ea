/** Lines of a file for spreadsheets. */
export function csvOf(lines: readonly (readonly (string | null)[])[]): string {
  return lines.map((line) => line.map(cell).join(',')).join('\r\n');
}

/** A cell that begins like a formula would be run by spreadsheets; amounts with a plain minus stay numbers. */
function cell(value: string | null): string {
  if (value === null) return '';
  const isFormula = /^[=+\-@\t]/.test(value) && !/^-\d+$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
