interface Line<T> {
  running: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Joins equal reads that wait at the same time. A caller never shares a read that began before it asked, so it sees
 * everything that was committed by then: it waits for the running one to end and shares the following.
 */
export class JoinedReads<T> {
  readonly #lines = new Map<string, Line<T>>();

  read(key: string, load: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.#start(key, load);
    line.next ??= line.running.then(
      () => this.#start(key, load),
      () => this.#start(key, load),
    );
    return line.next;
  }

  #start(key: string, load: () => Promise<T>): Promise<T> {
    const line: Line<T> = { running: load(), next: null };
    this.#lines.set(key, line);
    const forget = () => {
      if (this.#lines.get(key) === line && line.next === null) this.#lines.delete(key);
    };
    line.running.then(forget, forget);
    return line.running;
  }
}
