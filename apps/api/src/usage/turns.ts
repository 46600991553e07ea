import type { FewFirst } from './few-first.ts';

/**
 * Work that comes in large pieces, one piece for each round of the event loop, whoever it is for: twenty large requests
 * of which each gives way to the others would still be twenty pieces in a round, in which nobody else is heard.
 * While few events or a decision of somebody are on their way to the database, the line stands still.
 */
export class Turns {
  readonly #fewFirst: Pick<FewFirst, 'rest'>;
  #last: Promise<void> = Promise.resolve();

  constructor(fewFirst: Pick<FewFirst, 'rest'> = { rest: undefined }) {
    this.#fewFirst = fewFirst;
  }

  next(): Promise<void> {
    this.#last = this.#last.then(() => this.#nextPiece());
    return this.#last;
  }

  async #nextPiece(): Promise<void> {
    await this.#fewFirst.rest;
    // A round in any case: those who were waited for are answered before the next piece begins.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
