import type { JournalFiles } from './journal.ts';

/** A line on its way to the server. */
export interface PendingLine {
  readonly line: string;
  /** Found in the journal of a process that no longer runs. */
  readonly isLeftOver: boolean;
  segment: string | undefined;
  isSettled: boolean;
}

interface Waiting {
  item: PendingLine;
  isSpilled: boolean;
  resolve: (isKept: boolean) => void;
}

export interface JournalKeeperOptions {
  files: JournalFiles;
  /** Whether a line of an earlier process says something. */
  isReadable: (line: string) => boolean;
  onFailed: (error: unknown) => void;
}

/**
 * One thing at a time with the journal: writes what waits in groups, remembers which segments hold lines that are
 * not settled, and brings back what went to the disk because memory was full.
 */
export class JournalKeeper {
  readonly #options: JournalKeeperOptions;
  #queue: Waiting[] = [];
  #work: Promise<void> = Promise.resolve();
  #isWriting = false;
  #isSpilling = false;
  /** Segment → lines in memory that are not settled yet. */
  readonly #held = new Map<string, number>();
  readonly #damaged = new Set<string>();
  /** Segments whose lines are on the disk alone, oldest first. */
  readonly #onDisk: { segment: string; lines: number; isLeftOver: boolean }[] = [];
  #spilling = 0;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
  }

  /** Lines of this process that are on the disk alone, or on their way there. */
  get spilled(): number {
    const own = this.#onDisk.filter(({ isLeftOver }) => !isLeftOver);
    return own.reduce((sum, { lines }) => sum + lines, this.#spilling);
  }

  get hasMore(): boolean {
    return this.#onDisk.length > 0 || this.#spilling > 0;
  }

  /** Resolves with false when the disk does not take it. A spilled line is kept on the disk alone. */
  keep(item: PendingLine, { isSpilled }: { isSpilled: boolean }): Promise<boolean> {
    if (isSpilled) this.#spilling += 1;
    return new Promise((resolve) => {
      this.#queue.push({ item, isSpilled, resolve });
      if (this.#isWriting) return;
      this.#isWriting = true;
      void this.#next(() => this.#writeAll());
    });
  }

  settle(items: readonly PendingLine[]): void {
    const segments = items.flatMap(({ segment }) => segment ?? []);
    if (segments.length > 0) void this.#next(() => this.#letGo(segments));
  }

  /** The lines of the oldest segment that is on the disk alone; none when there is none. */
  load(): Promise<PendingLine[]> {
    return this.#next(() => this.#load());
  }

  takeLeftOvers(): Promise<void> {
    return this.#next(async () => {
      const segments = await this.#options.files.takeLeftOvers();
      this.#onDisk.unshift(...segments.map((segment) => ({ segment, lines: 0, isLeftOver: true })));
    });
  }

  release(): Promise<void> {
    return this.#next(() => this.#options.files.release());
  }

  /** Failures of the disk are told and never stop what follows. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.then(
      () => undefined,
      (error: unknown) => this.#options.onFailed(error),
    );
    return result;
  }

  async #writeAll(): Promise<void> {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const { isSpilled } = first;
      const until = this.#queue.findIndex((waiting) => waiting.isSpilled !== isSpilled);
      const group = this.#queue.splice(0, until < 0 ? this.#queue.length : until);
      // A segment is either held in memory or on the disk alone.
      if (isSpilled !== this.#isSpilling) this.#options.files.rotate();
      this.#isSpilling = isSpilled;
      if (isSpilled) await this.#spill(group);
      else await this.#hold(group);
    }
    this.#isWriting = false;
  }

  async #hold(group: readonly Waiting[]): Promise<void> {
    // Acknowledged before its turn came: nothing is left to be kept.
    const open = group.filter(({ item }) => !item.isSettled);
    const segment = await this.#append(open);
    if (segment !== undefined) {
      const unsettled = open.filter(({ item }) => !item.isSettled);
      for (const { item } of unsettled) item.segment = segment;
      this.#held.set(segment, (this.#held.get(segment) ?? 0) + unsettled.length);
      await this.#removeSettled(segment);
    }
    for (const { resolve, item } of group) resolve(segment !== undefined || item.isSettled);
  }

  async #spill(group: readonly Waiting[]): Promise<void> {
    const segment = await this.#append(group);
    this.#spilling -= group.length;
    if (segment !== undefined) {
      const last = this.#onDisk.at(-1);
      if (last?.segment === segment) last.lines += group.length;
      else this.#onDisk.push({ segment, lines: group.length, isLeftOver: false });
    }
    for (const { resolve } of group) resolve(segment !== undefined);
  }

  async #append(group: readonly Waiting[]): Promise<string | undefined> {
    if (group.length === 0) return undefined;
    try {
      return await this.#options.files.append(group.map(({ item }) => item.line));
    } catch (error) {
      this.#options.onFailed(error);
      return undefined;
    }
  }

  async #letGo(segments: readonly string[]): Promise<void> {
    for (const segment of segments) this.#held.set(segment, (this.#held.get(segment) ?? 1) - 1);
    for (const segment of new Set(segments)) await this.#removeSettled(segment);
  }

  async #removeSettled(segment: string): Promise<void> {
    if (this.#held.get(segment) !== 0) return;
    const { files } = this.#options;
    this.#held.delete(segment);
    files.rotate();
    if (this.#damaged.delete(segment)) await files.setAside(segment);
    else await files.remove(segment);
  }

  async #load(): Promise<PendingLine[]> {
    const next = this.#onDisk[0];
    if (next === undefined) return [];
    this.#options.files.rotate();
    this.#onDisk.shift();
    const { segment, isLeftOver } = next;
    // What cannot be read now stays where it is; whoever takes over what is left behind tries again.
    const lines = await this.#options.files.read(segment);
    const readable = lines.filter((line) => this.#options.isReadable(line));
    this.#held.set(segment, readable.length);
    if (readable.length < lines.length) {
      this.#damaged.add(segment);
      const damaged = lines.length - readable.length;
      this.#options.onFailed(new Error(`${damaged} lines of ${segment} cannot be read; the file is kept`));
    }
    await this.#removeSettled(segment);
    return readable.map((line) => ({ line, isLeftOver, segment, isSettled: false }));
  }
}
