import type { JournalFiles } from './journal.ts';
import { JournalKeeper, type PendingLine } from './journal-keeper.ts';

export interface PendingLinesOptions {
  linesMax: number;
  charactersMax: number;
  files?: JournalFiles | undefined;
  isReadable: (line: string) => boolean;
  onDropped: (line: string, reason: 'buffer_full' | 'journal_failed') => void;
  onJournalFailed: (error: unknown) => void;
}

/**
 * What is not acknowledged yet, oldest first: in memory up to a bound, in the journal as well where there is one,
 * and in the journal alone beyond the bound.
 */
export class PendingLines {
  readonly #options: PendingLinesOptions;
  readonly #keeper: JournalKeeper | undefined;
  #items: PendingLine[] = [];
  #characters = 0;
  #recorded = 0;
  #settled = 0;
  #waiting: (() => void)[] = [];

  constructor(options: PendingLinesOptions) {
    this.#options = options;
    const { files, isReadable, onJournalFailed: onFailed } = options;
    this.#keeper = files && new JournalKeeper({ files, isReadable, onFailed });
  }

  get size(): number {
    return this.#items.length + (this.#keeper?.spilled ?? 0);
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && this.#keeper?.hasMore !== true;
  }

  /** Resolves when everything recorded so far is acknowledged or given up. */
  async untilSettled(): Promise<void> {
    const mark = this.#recorded;
    while (this.size > 0 && this.#settled < mark)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when it is in the journal, or cannot be; without a journal at once. */
  async push(line: string): Promise<void> {
    this.#recorded += 1;
    const item: PendingLine = { line, isLeftOver: false, segment: undefined, isSettled: false };
    // Once some are on the disk alone all are, until these have come back: the order stays.
    const isSpilled = !this.#hasRoomFor(line) || (this.#keeper?.spilled ?? 0) > 0;
    if (!isSpilled) {
      this.#hold([item]);
      await this.#keeper?.keep(item, { isSpilled });
      return;
    }
    if (this.#keeper === undefined) this.#drop(line, 'buffer_full');
    else if (!(await this.#keeper.keep(item, { isSpilled }))) this.#drop(line, 'journal_failed');
  }

  /** The oldest; at least one when there is one. */
  head(countMax: number, charactersMax: number): PendingLine[] {
    let characters = 0;
    const end = this.#items.findIndex(({ line }, n) => {
      characters += line.length;
      return n >= countMax || (n > 0 && characters > charactersMax);
    });
    return this.#items.slice(0, end < 0 ? this.#items.length : end);
  }

  /** Acknowledged, or given up. */
  settle(items: readonly PendingLine[]): void {
    for (const item of items) {
      item.isSettled = true;
      this.#characters -= item.line.length;
      if (!item.isLeftOver) this.#settled += 1;
    }
    this.#items = this.#items.filter(({ isSettled }) => !isSettled);
    this.#keeper?.settle(items);
    this.#wake();
  }

  /** Brings back what waits on the disk alone when memory is empty. */
  async refill(): Promise<void> {
    while (this.#items.length === 0 && this.#keeper?.hasMore === true) this.#hold(await this.#keeper.load());
  }

  async takeLeftOvers(): Promise<void> {
    await this.#keeper?.takeLeftOvers();
  }

  /** What is still here may be taken over by another process, also while this one runs on. */
  async release(): Promise<void> {
    await this.#keeper?.release();
  }

  #hasRoomFor(line: string): boolean {
    const { linesMax, charactersMax } = this.#options;
    return this.#items.length < linesMax && this.#characters + line.length <= charactersMax;
  }

  #drop(line: string, reason: 'buffer_full' | 'journal_failed'): void {
    this.#settled += 1;
    this.#options.onDropped(line, reason);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #hold(items: readonly PendingLine[]): void {
    for (const item of items) this.#characters += item.line.length;
    this.#items.push(...items);
  }
}
