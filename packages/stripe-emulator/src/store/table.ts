import type { Row } from './rows.ts';

/** A row as the journal holds it: read only when somebody asks for it. */
export class StoredRow {
  readonly #json: Uint8Array;

  constructor(json: Uint8Array) {
    this.#json = json;
  }

  read(): Row {
    return JSON.parse(
      Buffer.from(this.#json.buffer, this.#json.byteOffset, this.#json.byteLength).toString(),
    );
  }
}

/** The rows of one kind in order of creation; replacing a row keeps its place. */
export class Table {
  readonly #rows = new Map<string, Row | StoredRow>();

  get size(): number {
    return this.#rows.size;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  get(id: string): Row | undefined {
    const found = this.#rows.get(id);
    return found instanceof StoredRow ? this.#read(id, found) : found;
  }

  set(id: string, row: Row | StoredRow): void {
    this.#rows.set(id, row);
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }

  ids(): string[] {
    return [...this.#rows.keys()];
  }

  /** Oldest first; rows may be deleted on the way. */
  *values(): Generator<Row> {
    for (const [id, found] of this.#rows) yield found instanceof StoredRow ? this.#read(id, found) : found;
  }

  #read(id: string, stored: StoredRow): Row {
    const row = stored.read();
    this.#rows.set(id, row);
    return row;
  }
}
