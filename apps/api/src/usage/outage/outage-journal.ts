import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { OutageEntry, OutageJournal } from '@metergate/core/limits/outage/outage.ports';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import { appendDurably, unlessMissing } from './durable-file.ts';
import {
  byAge,
  hasLivingWriter,
  inState,
  newSegment,
  type SegmentState,
  segmentEnds,
} from './journal-segment.ts';
import { entryToLine } from './outage-line.mapping.ts';

const rememberedMax = 500_000;
/** A segment is read as a whole; an outage of hours is many of them. */
const linesOfSegment = 10_000;
const charactersMax = 16_000_000;

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Decisions as lines in files below one folder. `….open` is being written by the process in its name, `….sealed` is
 * complete and waits to be carried over, `….carried` until the thresholds that it reached are told, `….reconciled` stays
 * as evidence. A line is on the disk before `keep` returns; lines that wait at the same time share one flush.
 */
export class FileOutageJournal implements OutageJournal {
  readonly #folder: string;
  readonly #nextId: () => string;
  readonly #linesMax: number;
  #segment: { name: string; lines: number; characters: number } | undefined;
  /** Open still, and nothing more is written there. */
  #full: string[] = [];
  #queue: Waiting[] = [];
  #work: Promise<void> | undefined;
  /** What this outage has allowed already, so that a repeated call is kept once. */
  readonly #remembered = new Map<string, { content: string; kept: Promise<void> | null }>();

  constructor(options: { folder: string; nextId: () => string; linesMax?: number }) {
    this.#folder = options.folder;
    this.#nextId = options.nextId;
    this.#linesMax = options.linesMax ?? linesOfSegment;
  }

  /** True when everything kept so far is sealed. */
  get isEmpty(): boolean {
    const isSealed = this.#segment === undefined && this.#full.length === 0;
    return isSealed && this.#queue.length === 0 && this.#work === undefined;
  }

  /** @throws USAGE_EVENT_ID_REUSED when the id was allowed for something else during this outage */
  async keep(entry: OutageEntry): Promise<void> {
    const content = contentOf(entry);
    if (content === undefined) return await this.#write(entry);
    const { receiptId } = entry;
    const first = this.#remembered.get(receiptId);
    if (first === undefined) return await this.#remember(entry, content);
    if (first.content !== content) throw usageRejected('USAGE_EVENT_ID_REUSED');
    // Nobody is told that it is kept before it is.
    if (first.kept !== null) await first.kept;
  }

  holds(receiptId: string): boolean {
    return this.#remembered.has(receiptId);
  }

  /** Completes what this process has written, so that it can be carried over. */
  async seal(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    const names = [...this.#full, ...(this.#segment === undefined ? [] : [this.#segment.name])];
    this.#segment = undefined;
    this.#full = [];
    for (const name of names) await this.#move(name, 'open', 'sealed');
  }

  /** From here on the database itself knows what was allowed. */
  forgetRepeats(): void {
    this.#remembered.clear();
  }

  /** Completes what processes have left behind that no longer run. */
  async sealLeftOvers(): Promise<void> {
    for (const name of await this.#names('open')) {
      if (!hasLivingWriter(name)) await this.#move(name, 'open', 'sealed');
    }
  }

  /** Complete segments, oldest first. */
  sealed(): Promise<string[]> {
    return this.#names('sealed');
  }

  /** Without a line that a power cut has torn: nobody was told that it is kept. */
  async readLines(name: string): Promise<string[]> {
    const text = await readFile(path.join(this.#folder, name), 'utf8');
    return text.split('\n').slice(0, -1);
  }

  /** Carried over, oldest first; what they moved may not have been looked at. */
  carried(): Promise<string[]> {
    return this.#names('carried');
  }

  /** Answers its name from here on. */
  async markCarried(name: string): Promise<string> {
    await this.#move(name, 'sealed', 'carried');
    return inState(name, 'sealed', 'carried');
  }

  markReconciled(name: string): Promise<void> {
    return this.#move(name, 'carried', 'reconciled');
  }

  async #remember(entry: OutageEntry, content: string): Promise<void> {
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
    const kept = this.#write(entry);
    this.#remembered.set(entry.receiptId, { content, kept });
    try {
      await kept;
      this.#remembered.set(entry.receiptId, { content, kept: null });
    } catch (error) {
      this.#remembered.delete(entry.receiptId);
      throw error;
    }
  }

  #write(entry: OutageEntry): Promise<void> {
    const line = entryToLine(entry);
    return new Promise<void>((resolve, reject) => {
      this.#queue.push({ line, resolve, reject });
      this.#work ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#append(batch.map(({ line }) => line));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Half a line may stand at its end now, and the next one would be joined to it.
        this.#leave();
        for (const { reject } of batch) reject(error);
      }
    }
    this.#work = undefined;
  }

  async #append(lines: readonly string[]): Promise<void> {
    const isNew = this.#segment === undefined;
    if (isNew) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#segment ??= { name: newSegment(this.#nextId()), lines: 0, characters: 0 };
    const segment = this.#segment;
    const text = lines.map((line) => `${line}\n`).join('');
    if (!(await appendDurably(path.join(this.#folder, segment.name), text, isNew))) {
      // By a process that cannot see this one, of another container: what was written before is its business now.
      this.#segment = undefined;
      return await this.#append(lines);
    }
    segment.lines += lines.length;
    segment.characters += text.length;
    if (segment.lines >= this.#linesMax || segment.characters >= charactersMax) this.#leave();
  }

  #leave(): void {
    if (this.#segment !== undefined) this.#full.push(this.#segment.name);
    this.#segment = undefined;
  }

  /** Another process of this folder may have carried it over in the meantime. */
  async #move(name: string, from: SegmentState, to: SegmentState): Promise<void> {
    const target = path.join(this.#folder, inState(name, from, to));
    await rename(path.join(this.#folder, name), target).catch(unlessMissing);
  }

  async #names(state: SegmentState): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => name.endsWith(segmentEnds[state])).sort(byAge);
  }
}

/** What makes two entries of one id the same; `undefined` for what may be repeated at will. */
function contentOf(entry: OutageEntry): string | undefined {
  if ('report' in entry) {
    const { report } = entry;
    return JSON.stringify(report.kind === 'level' ? [report.command.feature, report.command.change] : report);
  }
  if (entry.effect.kind === 'none') return undefined;
  const { feature, quantity, clientId, subject } = entry.terms;
  return JSON.stringify([feature, quantity, clientId, subject]);
}
