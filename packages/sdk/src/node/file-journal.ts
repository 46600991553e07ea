import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Journal, JournalFiles } from '../journal.ts';
import { isOrphan, ownerHere, ownerOf, releasedOwner } from './journal-owner.ts';

const segmentEnd = '.jsonl';
const damagedEnd = '.damaged';
const linesMax = 1000;
const charactersMax = 1_000_000;
/** A segment that another host takes over after ten minutes has had no new line for most of that time. */
const ageMsMax = 60_000;

interface Current {
  name: string;
  lines: number;
  characters: number;
  since: number;
}

/**
 * A journal in a folder, which several processes may share. For Node, Deno and Bun.
 * @example createMetergate({ url, apiKey, journal: fileJournal('/var/lib/dialer/metergate') })
 */
export function fileJournal(folder: string): Journal {
  return { open: (name) => new JournalFolder(folder, name) };
}

/** Files named `<journal>~<time>~<unique>~<owner>.jsonl`. A line torn by a power cut was never said to be kept. */
class JournalFolder implements JournalFiles {
  readonly #folder: string;
  readonly #name: string;
  #current: Current | undefined;
  readonly #own = new Set<string>();

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  async append(lines: readonly string[]): Promise<string> {
    const text = lines.map((line) => `${line}\n`).join('');
    const known = this.#current;
    const current = this.#fits(known, lines.length, text.length) ? known : await this.#begin();
    // After a failure nothing is appended there again: half a line may stand at the end.
    this.#current = undefined;
    const isThere = await appendDurably(this.#pathOf(current.name), text);
    if (!isThere) return await this.append(lines);
    if (current !== known) await flushFolder(this.#folder);
    current.lines += lines.length;
    current.characters += text.length;
    this.#current = current;
    return current.name;
  }

  rotate(): void {
    this.#current = undefined;
  }

  async read(segment: string): Promise<string[]> {
    const lines = (await readFile(this.#pathOf(segment), 'utf8')).split('\n');
    // What follows the last end of a line was torn off; nobody was told that it is kept.
    return lines.slice(0, -1);
  }

  async remove(segment: string): Promise<void> {
    this.#own.delete(segment);
    await unlink(this.#pathOf(segment)).catch(unlessMissing);
  }

  async setAside(segment: string): Promise<void> {
    this.#own.delete(segment);
    await rename(this.#pathOf(segment), this.#pathOf(segment + damagedEnd)).catch(unlessMissing);
  }

  async takeLeftOvers(): Promise<string[]> {
    const taken: string[] = [];
    for (const name of await this.#names()) {
      if (this.#own.has(name) || !(await this.#isLeftOver(name))) continue;
      const next = this.#nameFor(timeOf(name), await ownerHere());
      // Renaming is what decides between two who take the same one.
      const isOurs = await rename(this.#pathOf(name), this.#pathOf(next)).then(
        () => true,
        (error: unknown) => unlessMissing(error) ?? false,
      );
      if (!isOurs) continue;
      this.#own.add(next);
      taken.push(next);
    }
    return taken;
  }

  async release(): Promise<void> {
    this.#current = undefined;
    for (const name of this.#own) {
      const next = this.#nameFor(timeOf(name), releasedOwner);
      await rename(this.#pathOf(name), this.#pathOf(next)).catch(unlessMissing);
    }
    this.#own.clear();
  }

  #fits(current: Current | undefined, lines: number, characters: number): current is Current {
    if (current === undefined || performance.now() - current.since > ageMsMax) return false;
    return current.lines + lines <= linesMax && current.characters + characters <= charactersMax;
  }

  async #begin(): Promise<Current> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = this.#nameFor(Date.now().toString(36).padStart(9, '0'), await ownerHere());
    this.#own.add(name);
    return { name, lines: 0, characters: 0, since: performance.now() };
  }

  #nameFor(time: string, owner: string): string {
    return `${[this.#name, time, randomUUID(), owner].join('~')}${segmentEnd}`;
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => unlessMissing(error) ?? []);
    return names.filter((name) => name.startsWith(`${this.#name}~`) && name.endsWith(segmentEnd)).sort();
  }

  async #isLeftOver(name: string): Promise<boolean> {
    const info = await stat(this.#pathOf(name)).catch(unlessMissing);
    const owner = ownerOf(name.slice(0, -segmentEnd.length).split('~')[3] ?? '');
    return info !== undefined && (await isOrphan(owner, Date.now() - info.mtimeMs));
  }

  #pathOf(name: string): string {
    return path.join(this.#folder, name);
  }
}

/** False when somebody took the file over while it was being written: the lines belong somewhere else then. */
async function appendDurably(file: string, text: string): Promise<boolean> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(text);
    await handle.datasync();
    const [written, named] = [await handle.stat(), await stat(file).catch(unlessMissing)];
    return named?.ino === written.ino;
  } finally {
    await handle.close();
  }
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

function timeOf(name: string): string {
  return name.split('~')[1] ?? '';
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
