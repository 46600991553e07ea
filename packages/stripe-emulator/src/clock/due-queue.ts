interface Entry {
  at: number;
  sequence: number;
  key: string;
}

/** A binary heap of "object K acts next at time T"; entries that were replaced are skipped when they surface. */
export class DueQueue {
  readonly #heap: Entry[] = [];
  readonly #current = new Map<string, Entry>();
  #sequence = 0;

  set(key: string, at: number | null): void {
    const known = this.#current.get(key);
    if (known && known.at === at) return;
    if (at === null) {
      this.#current.delete(key);
      return;
    }
    this.#sequence += 1;
    const entry = { at, sequence: this.#sequence, key };
    this.#current.set(key, entry);
    this.#push(entry);
  }

  /** The earliest entry not later than `until`, or undefined; it stays queued until its object changes. */
  peek(until: number): { key: string; at: number } | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#current.get(top.key) !== top) this.#pop();
      else return top.at <= until ? { key: top.key, at: top.at } : undefined;
    }
    return undefined;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isEarlier(heap[child], heap[parent])) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || !last) return;
    heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const smaller = isEarlier(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isEarlier(heap[smaller], heap[parent])) break;
      this.#swap(parent, smaller);
      parent = smaller;
    }
  }

  #swap(left: number, right: number): void {
    const a = this.#heap[left];
    const b = this.#heap[right];
    if (!a || !b) return;
    this.#heap[left] = b;
    this.#heap[right] = a;
  }
}

function isEarlier(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
