import type { StoredChange } from './journal-format.ts';
import { OwnerIndex, ownerOf } from './owner-index.ts';
import type { Row } from './rows.ts';
import { Table } from './table.ts';
import { KIND_BY_PREFIX, type Kind, type Tables } from './tables.ts';

interface Undo {
  kind: Kind;
  id: string;
  before: Row | undefined;
}

export interface Change {
  kind: Kind;
  id: string;
  row: Row | null;
}

/**
 * All objects, in memory, in order of creation. Rows are never changed in place: `put` replaces them, so an
 * old row is a snapshot and a failed request is undone by putting the old rows back.
 */
export class Store {
  readonly #tables = new Map<Kind, Table>();
  readonly #owners = new OwnerIndex();
  #undo: Undo[] = [];
  /** Called for every change that a request keeps, when it is kept. */
  onCommit: (changes: Change[]) => void = () => {};
  onPut: (kind: Kind, row: Row) => void = () => {};

  put<K extends Kind>(kind: K, row: Tables[K]): Tables[K] {
    const table = this.#table(kind);
    this.#undo.push({ kind, id: row.id, before: table.get(row.id) });
    this.#set(kind, row.id, row);
    return row;
  }

  delete(kind: Kind, id: string): void {
    const table = this.#table(kind);
    this.#undo.push({ kind, id, before: table.get(id) });
    this.#set(kind, id, null);
  }

  get<K extends Kind>(kind: K, id: string): Tables[K] | undefined {
    // The map of a kind holds only rows that `put` accepted for that kind.
    return this.#table(kind).get(id) as Tables[K] | undefined;
  }

  all<K extends Kind>(kind: K): Tables[K][] {
    return [...this.#table(kind).values()] as Tables[K][];
  }

  /** What belongs to an owner: a customer's subscriptions, an invoice's payments. In order of creation. */
  ownedBy<K extends Kind>(kind: K, owner: string): Tables[K][] {
    return [...this.#owners.idsOf(kind, owner)].flatMap((id) => this.get(kind, id) ?? []);
  }

  /** Oldest first, without copying the table; rows may be deleted on the way. */
  *oldestFirst<K extends Kind>(kind: K): Generator<Tables[K]> {
    // The map of a kind holds only rows that `put` accepted for that kind.
    yield* this.#table(kind).values() as Generator<Tables[K]>;
  }

  /** Newest first, without reading the whole table: callers stop when they have enough. */
  *newestFirst<K extends Kind>(kind: K): Generator<Tables[K]> {
    const ids = this.#table(kind).ids();
    for (let index = ids.length - 1; index >= 0; index--) {
      const row = this.get(kind, ids[index] ?? '');
      if (row) yield row;
    }
  }

  /** How many rows there are of all kinds. */
  get size(): number {
    return [...this.#tables.values()].reduce((sum, table) => sum + table.size, 0);
  }

  count(kind: Kind): number {
    return this.#table(kind).size;
  }

  find(id: string): Row | undefined {
    const prefix = id.startsWith('sub_sched_') ? 'sub_sched' : (id.split('_')[0] ?? '');
    const kind = KIND_BY_PREFIX[prefix];
    return kind && this.get(kind, id);
  }

  commit(): void {
    const changes = new Map<string, Change>();
    for (const { kind, id } of this.#undo) {
      changes.set(`${kind}:${id}`, { kind, id, row: this.#table(kind).get(id) ?? null });
    }
    this.#undo = [];
    if (changes.size > 0) this.onCommit([...changes.values()]);
  }

  rollback(): void {
    for (const { kind, id, before } of this.#undo.reverse()) this.#set(kind, id, before ?? null);
    this.#undo = [];
  }

  /** Reads a change back without recording it (journal, snapshot). */
  load({ kind, id, row }: Change): void {
    this.#set(kind, id, row);
  }

  /** Keeps a row as the journal holds it, to be read when it is asked for. */
  loadStored({ kind, id, owner, row }: StoredChange): void {
    this.#owners.set(kind, id, row && owner);
    if (row) this.#table(kind).set(id, row);
    else this.#table(kind).delete(id);
  }

  *everything(): Generator<Change> {
    for (const [kind, table] of this.#tables) {
      for (const row of table.values()) yield { kind, id: row.id, row };
    }
  }

  /** Every object's kind and id, without reading any. */
  *identities(): Generator<{ kind: Kind; id: string }> {
    for (const [kind, table] of this.#tables) {
      for (const id of table.ids()) yield { kind, id };
    }
  }

  clear(): void {
    this.#tables.clear();
    this.#owners.clear();
    this.#undo = [];
  }

  #set(kind: Kind, id: string, row: Row | null): void {
    const table = this.#table(kind);
    this.#owners.set(kind, id, ownerOf(kind, row));
    if (row === null) table.delete(id);
    else {
      table.set(id, row);
      this.onPut(kind, row);
    }
  }

  #table(kind: Kind): Table {
    let table = this.#tables.get(kind);
    if (!table) {
      table = new Table();
      this.#tables.set(kind, table);
    }
    return table;
  }
}
