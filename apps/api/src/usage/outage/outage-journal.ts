import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { OutageEntry, OutageJournal } from '@metergate/core/limits/outage/outage.ports';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import { entryToLine } from './outage-line.mapping.ts';

const openEnd = '.open.jsonl';
const sealedEnd = '.sealed.jsonl';
const reconciledEnd = '.reconciled.jsonl';
const rememberedMax = 500_000;

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Decisions as lines in files below one folder. `….open` is being written by the process in its name, `….sealed` is
 * complete and waits to be carried over, `….reconciled` stays as evidence. A line is on the disk before `keep`
 * returns; lines that wait at the same time share one flush.
 */
export class FileOutageJournal implements OutageJournal {
  readonly #folder: string;
  readonly #nextId: () => string;
  #segment: string | undefined;
  #queue: Waiting[] = [];
  #work: Promise<void> | undefined;
  /** What this outage has allowed already, so that a repeated call is kept once. */
  readonly #remembered = new Map<string, string>();

  constructor(options: { folder: string; nextId: () => string }) {
    this.#folder = options.folder;
    this.#nextId = options.nextId;
  }

  /** True when everything kept so far is sealed. */
  get isEmpty(): boolean {
    return this.#segment === undefined && this.#queue.length === 0 && this.#work === undefined;
  }

  /** @throws USAGE_EVENT_ID_REUSED when the id was allowed for something else during this outage */
  async keep(entry: OutageEntry): Promise<void> {
    if (this.#isRepeated(entry)) return;
    const line = entryToLine(entry);
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ line, resolve, reject });
      this.#work ??= this.#writeAll();
    });
  }

  holds(receiptId: string): boolean {
    return this.#remembered.has(receiptId);
  }

  /** Completes what this process has written, so that it can be carried over. */
  async seal(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    const segment = this.#segment;
    this.#segment = undefined;
    if (segment !== undefined) await this.#rename(segment, openEnd, sealedEnd);
  }

  /** From here on the database itself knows what was allowed. */
  forgetRepeats(): void {
    this.#remembered.clear();
  }

  /** Completes what processes have left behind that no longer run. */
  async sealLeftOvers(): Promise<void> {
    for (const name of await this.#names(openEnd)) {
      const pid = Number(name.split('-', 1)[0]);
      const isOwn = name === this.#segment;
      if (!isOwn && (pid === process.pid || !isRunning(pid))) await this.#rename(name, openEnd, sealedEnd);
    }
  }

  /** Complete segments, oldest first. */
  sealed(): Promise<string[]> {
    return this.#names(sealedEnd);
  }

  async readLines(name: string): Promise<string[]> {
    const text = await readFile(path.join(this.#folder, name), 'utf8');
    return text.split('\n').filter((line) => line !== '');
  }

  markReconciled(name: string): Promise<void> {
    return this.#rename(name, sealedEnd, reconciledEnd);
  }

  #isRepeated(entry: OutageEntry): boolean {
    const content = contentOf(entry);
    if (content === undefined) return false;
    const { receiptId } = entry;
    const first = this.#remembered.get(receiptId);
    if (first !== undefined && first !== content) throw usageRejected('USAGE_EVENT_ID_REUSED');
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
    this.#remembered.set(receiptId, content);
    return first !== undefined;
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#append(batch.map(({ line }) => `${line}\n`).join(''));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#remembered.clear();
        for (const { reject } of batch) reject(error);
      }
    }
    this.#work = undefined;
  }

  async #append(text: string): Promise<void> {
    const isNew = this.#segment === undefined;
    if (isNew) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#segment ??= `${process.pid}-${this.#nextId()}${openEnd}`;
    const file = await open(path.join(this.#folder, this.#segment), 'a', 0o600);
    try {
      await file.write(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (isNew) await flushFolder(this.#folder);
  }

  async #rename(name: string, from: string, to: string): Promise<void> {
    const next = name.slice(0, -from.length) + to;
    await rename(path.join(this.#folder, name), path.join(this.#folder, next));
  }

  async #names(end: string): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => name.endsWith(end)).sort();
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

/** A new file is found after a power cut only when its folder is flushed too. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
