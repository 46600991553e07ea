/** So many batches ask after one was sent in vain: it costs as much as storing it. */
const doubtedBatches = 20;

/**
 * Whether ids of events are believed to be new. Nearly all are; but who repeats one, because an answer was lost, mostly
 * repeats more.
 */
export class Newness {
  #doubted = 0;

  /** Tries unless an id was taken lately; answers whether it was tried and has stored what it should. */
  async believed(store: () => Promise<boolean>): Promise<boolean> {
    if (this.#doubted > 0) {
      this.#doubted -= 1;
      return false;
    }
    const isStored = await store();
    if (!isStored) this.#doubted = doubtedBatches;
    return isStored;
  }
}
