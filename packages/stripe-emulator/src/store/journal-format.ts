import type { Row } from './rows.ts';
import { StoredRow } from './table.ts';
import type { Kind } from './tables.ts';

/** One write as a file holds it; what owns the row is known without reading the row. */
export interface StoredChange {
  kind: Kind;
  id: string;
  owner: string | null;
  row: StoredRow | null;
}

const NEWLINE = 10;
const LAST = '.'.charCodeAt(0);
const MORE = '+'.charCodeAt(0);
const OLD = '['.charCodeAt(0);
const MARK_BYTES = 6;

/**
 * A line per row: `+` or `.` (the last one of its request), the header's length in five digits, the header
 * `[kind,id,owner]`, then the row's JSON, or `null` for a row that was deleted.
 */
export function journalLine(
  { kind, id, owner, row }: { kind: Kind; id: string; owner: string | null; row: Row | null },
  isLast: boolean,
): string {
  const header = JSON.stringify([kind, id, owner]);
  const length = String(Buffer.byteLength(header)).padStart(MARK_BYTES - 1, '0');
  return `${isLast ? '.' : '+'}${length}${header}${JSON.stringify(row)}\n`;
}

/**
 * Reads whole requests only: what a killed process left half written was never answered. Answers how many bytes
 * of the file are whole.
 */
export function readJournal(
  file: Buffer,
  { keep, keepOld }: { keep: (change: StoredChange) => void; keepOld: (json: string) => void },
): number {
  let whole = 0;
  let request: StoredChange[] = [];
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf(NEWLINE, start);
    if (end < 0) break;
    const mark = file[start];
    if (mark === OLD) keepOld(file.toString('utf8', start, end));
    if (mark === LAST || mark === MORE) request.push(changeOf(file.subarray(start, end)));
    if (mark !== MORE) {
      for (const change of request) keep(change);
      request = [];
      whole = end + 1;
    }
    start = end + 1;
  }
  return whole;
}

function changeOf(line: Buffer): StoredChange {
  const headerEnd = MARK_BYTES + Number(line.toString('latin1', 1, MARK_BYTES));
  const [kind, id, owner] = JSON.parse(line.toString('utf8', MARK_BYTES, headerEnd));
  const json = line.subarray(headerEnd);
  const isDeleted = json.length === 'null'.length && json.toString('latin1') === 'null';
  return { kind, id, owner, row: isDeleted ? null : new StoredRow(json) };
}
