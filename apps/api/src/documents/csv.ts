type Cell = string | null;

/** RFC 4180 with CRLF. Instants in UTC and minor units with their currency, so that every row reads by itself. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** A cell that begins like a formula would be run by spreadsheets; plain negative numbers stay numbers. */
function csvCell(value: Cell): string {
  if (value === null) return '';
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^-\d+(\.\d+)?$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
