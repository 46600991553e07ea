import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { journalLine, readJournal } from './journal-format.ts';
import { ownerOf } from './owner-index.ts';
import type { Change, Store } from './store.ts';

/** Below this a journal is read within the start-up second, however much of it is outdated. */
const COMPACT_ABOVE_BYTES = 24 * 1024 * 1024;
const GROWTH_MAX = 3;
const ROWS_PER_WRITE = 500;

/**
 * An append-only file of object writes. A request's lines are handed to the operating system before the request is
 * answered, so killing the process loses nothing that was answered.
 */
export class Journal {
  readonly #path: string;
  #file: number;
  #bytes: number;
  #compactAbove = COMPACT_ABOVE_BYTES;
  readonly #store: Store;

  constructor(path: string, store: Store) {
    this.#path = path;
    this.#store = store;
    mkdirSync(dirname(path), { recursive: true });
    const changes = existsSync(path) ? read(path, store) : 0;
    this.#file = openSync(path, 'a');
    this.#bytes = statSync(path).size;
    // Rewriting takes longer than starting may, so it waits until most of the file is outdated.
    if (this.#bytes > COMPACT_ABOVE_BYTES && changes > GROWTH_MAX * store.size) this.rewrite();
    else this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, GROWTH_MAX * this.#bytes);
  }

  append(changes: Change[]): void {
    this.#bytes += writeSync(this.#file, textOf(changes, true));
    if (this.#bytes > this.#compactAbove) this.rewrite();
  }

  /** Replaces the file by the present state; the old file stays valid until the rename. */
  rewrite(): void {
    const next = `${this.#path}.next`;
    const file = openSync(next, 'w');
    let batch: Change[] = [];
    for (const change of this.#store.everything()) {
      batch.push(change);
      if (batch.length < ROWS_PER_WRITE) continue;
      writeSync(file, textOf(batch, false));
      batch = [];
    }
    writeSync(file, textOf(batch, false));
    closeSync(file);
    closeSync(this.#file);
    renameSync(next, this.#path);
    this.#file = openSync(this.#path, 'a');
    this.#bytes = statSync(this.#path).size;
    this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, GROWTH_MAX * this.#bytes);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The lines of one request, or rows that stand for themselves. */
function textOf(changes: Change[], isOneRequest: boolean): string {
  return changes
    .map((change, index) => {
      const isLast = !isOneRequest || index === changes.length - 1;
      return journalLine({ ...change, owner: ownerOf(change.kind, change.row) }, isLast);
    })
    .join('');
}

/** Answers how many changes the file held, and cuts off what a killed process left half written. */
function read(path: string, store: Store): number {
  const file = readFileSync(path);
  let count = 0;
  const whole = readJournal(file, {
    keep: (change) => {
      store.loadStored(change);
      count += 1;
    },
    keepOld: (json) => {
      const changes: Change[] = JSON.parse(json);
      for (const change of changes) store.load(change);
      count += changes.length;
    },
  });
  if (whole < file.length) truncateSync(path, whole);
  return count;
}
