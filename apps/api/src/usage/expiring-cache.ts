interface Entry<V> {
  value: Promise<V>;
  until: number;
}

/** Promises by key for a short time; one load at a time for each key, failures are not kept. */
export class ExpiringCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #options: { lifetimeMs: number; sizeMax: number; monotonicMs: () => number };

  constructor(options: { lifetimeMs: number; sizeMax: number; monotonicMs: () => number }) {
    this.#options = options;
  }

  get(key: string, load: () => Promise<V>): Promise<V> {
    const { lifetimeMs, sizeMax, monotonicMs } = this.#options;
    const known = this.#entries.get(key);
    if (known !== undefined && known.until > monotonicMs()) return known.value;
    if (this.#entries.size >= sizeMax) this.#entries.clear();
    const entry = { value: load(), until: monotonicMs() + lifetimeMs };
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
