import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Change, Store } from './store.ts';

/** Below this a journal is read within the start-up second, however much of it is outdated. */
const COMPACT_ABOVE_BYTES = 24 * 1024 * 1024;
const GROWTH_MAX = 3;

/**
 * An append-only file of object writes, one request per line. A line is handed to the operating system before
 * the request is answered, so killing the process loses nothing that was answered.
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
    // A torn last line must not swallow the next one.
    if (this.#bytes > 0) this.#bytes += writeSync(this.#file, '\n');
    // Rewriting takes longer than starting may, so it waits until most of the file is outdated.
    if (this.#bytes > COMPACT_ABOVE_BYTES && changes > GROWTH_MAX * store.size) this.rewrite();
    else this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, GROWTH_MAX * this.#bytes);
  }

  append(changes: Change[]): void {
    this.#bytes += writeSync(this.#file, `${JSON.stringify(changes)}\n`);
    if (this.#bytes > this.#compactAbove) this.rewrite();
  }

  /** Replaces the file by the present state; the old file stays valid until the rename. */
  rewrite(): void {
    const next = `${this.#path}.next`;
    const file = openSync(next, 'w');
    let batch: Change[] = [];
    const flush = () => {
      writeSync(file, `${JSON.stringify(batch)}\n`);
      batch = [];
    };
    for (const change of this.#store.everything()) {
      batch.push(change);
      if (batch.length === 500) flush();
    }
    flush();
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

/** Answers how many changes the file held. */
function read(path: string, store: Store): number {
  let count = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    let changes: Change[];
    try {
      changes = JSON.parse(line);
    } catch {
      // A torn last line belongs to a request that was never answered.
      continue;
    }
    for (const change of changes) store.load(change);
    count += changes.length;
  }
  return count;
}
