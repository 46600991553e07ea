/**
 * Work that comes in large pieces, one piece for each round of the event loop, whoever it is for: twenty large requests
 * of which each gives way to the others would still be twenty pieces in a round, in which nobody else is heard.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}
