/** How long an earlier answer stands in for a database that cannot be reached. */
export const lastKnownMs = 15 * 60_000;

/** The latest answers of the database, for as long as they may stand in for it. */
export class LastKnown<V> {
  readonly #values = new Map<string, { value: V; at: number }>();
  readonly #options: { sizeMax: number; monotonicMs: () => number };

  constructor(options: { sizeMax: number; monotonicMs: () => number }) {
    this.#options = options;
  }

  remember(key: string, value: V): V {
    const { sizeMax, monotonicMs } = this.#options;
    if (this.#values.size >= sizeMax) this.#values.clear();
    this.#values.set(key, { value, at: monotonicMs() });
    return value;
  }

  recall(key: string): V | undefined {
    const known = this.#values.get(key);
    if (known === undefined || this.#options.monotonicMs() - known.at >= lastKnownMs) return undefined;
    return known.value;
  }

  forget(key: string): void {
    this.#values.delete(key);
  }
}
