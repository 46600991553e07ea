import { type FileHandle, mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { asId } from '@metergate/core';
import type { OutageReport } from '@metergate/core/limits/outage/outage.ports';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileOutageJournal } from './outage-journal.ts';
import { lineToEntry } from './outage-line.mapping.ts';

let folder: string;
let made: string[];

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'metergate-journal-')), 'outage');
  made = [];
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const newJournal = (linesMax = 1000) =>
  new FileOutageJournal({ folder, linesMax, nextId: () => `0000-${String(made.push('')).padStart(4, '0')}` });
const commitOf = (receiptId: string, quantity = '1'): OutageReport => ({
  receiptId,
  organizationId: asId('organization', '01890000-0000-7000-8000-000000000001'),
  report: { kind: 'settle', operation: 'commit', reservationId: `reservation of ${receiptId}`, quantity },
});
/** What would be carried over, in that order. */
async function carried(journal: FileOutageJournal): Promise<(string | undefined)[]> {
  const names = await journal.sealed();
  const lines = await Promise.all(names.map((name) => journal.readLines(name)));
  return lines.flat().map((line) => lineToEntry(line)?.receiptId);
}

it('keeps an entry once, refuses another one under its name, and gives all back in order', async () => {
  const journal = newJournal();
  await Promise.all(['a', 'b', 'a'].map((id) => journal.keep(commitOf(id))));
  await expect(journal.keep(commitOf('a', '2'))).rejects.toMatchObject({ code: 'USAGE_EVENT_ID_REUSED' });
  await journal.seal();
  expect(await carried(journal)).toEqual(['a', 'b']);
  expect(journal.isEmpty).toBe(true);
});

it('tells nobody that an entry is kept which the disk has refused, also not who asked a second time', async () => {
  const journal = newJournal();
  await mkdir(path.dirname(folder), { recursive: true });
  await writeFile(folder, 'not a folder');
  const both = await Promise.allSettled([journal.keep(commitOf('a')), journal.keep(commitOf('a'))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(journal.holds('a')).toBe(false);
  await rm(folder);
  await journal.keep(commitOf('a'));
  await journal.seal();
  expect(await carried(journal)).toEqual(['a']);
});

it('begins another segment after a failure, so that half a line joins no other', async () => {
  const journal = newJournal();
  await journal.keep(commitOf('a'));
  const [first = ''] = await readdir(folder);
  const away = path.join(path.dirname(folder), 'away');
  await rename(folder, away);
  await writeFile(folder, 'not a folder');
  await expect(journal.keep(commitOf('b'))).rejects.toThrow();
  await rm(folder);
  await rename(away, folder);
  await journal.keep(commitOf('c'));
  expect((await readdir(folder)).filter((name) => name !== first)).toHaveLength(1);
  await journal.seal();
  expect(await carried(journal)).toEqual(['a', 'c']);
});

it('is many segments of a readable size when an outage lasts for hours', async () => {
  const journal = newJournal(10);
  const ids = Array.from({ length: 35 }, (_, n) => `e${n}`);
  for (const id of ids) await journal.keep(commitOf(id));
  await journal.seal();
  expect(await journal.sealed()).toHaveLength(4);
  expect(await carried(journal)).toEqual(ids);
});

it.each([
  ['a process that has ended', '0000-0001~999999999.5.open.jsonl', true],
  ['an earlier process with the same number', `0000-0001~${process.pid}.1.open.jsonl`, true],
  ['another process that reuses the number', `0000-0001~${process.ppid}.1.open.jsonl`, true],
  ['an earlier version of this program', '999999999-0000-0001.open.jsonl', true],
])('what %s left behind is completed', async (_, name) => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${JSON.stringify({ v: 1, ...commitOf('a') })}\n`);
  const journal = newJournal();
  await journal.sealLeftOvers();
  expect(await carried(journal)).toEqual(['a']);
});

it('what a living process is writing is left alone', async () => {
  const [one, other] = [newJournal(), newJournal()];
  await one.keep(commitOf('a'));
  await other.sealLeftOvers();
  expect(await other.sealed()).toEqual([]);
  await one.seal();
  expect(await carried(other)).toEqual(['a']);
});

it('two processes that carry the same segment over do not stumble over each other', async () => {
  const [one, other] = [newJournal(), newJournal()];
  await one.keep(commitOf('a'));
  await one.seal();
  const [name = ''] = await one.sealed();
  await Promise.all([one.markReconciled(name), other.markReconciled(name)]);
  expect(await readdir(folder)).toEqual([expect.stringMatching(/\.reconciled\.jsonl$/)]);
});

it('segments are carried over by age, whatever the numbers of their processes', async () => {
  await mkdir(folder, { recursive: true });
  const write = (name: string, id: string) =>
    writeFile(path.join(folder, name), `${JSON.stringify({ v: 1, ...commitOf(id) })}\n`);
  await write('0000-0003~10.1.sealed.jsonl', 'third');
  await write('0000-0001~9.1.sealed.jsonl', 'first');
  await write('9-0000-0002.sealed.jsonl', 'second');
  expect(await carried(newJournal())).toEqual(['first', 'second', 'third']);
});

/** A process of another container, to which ours looks dead, completes the segment and carries it over. */
async function takeOver(name: string): Promise<(string | undefined)[]> {
  const elsewhere = newJournal();
  const sealed = name.replace('.open.', '.sealed.');
  await rename(path.join(folder, name), path.join(folder, sealed));
  return await carried(elsewhere);
}

it('a segment that is taken over while it is written loses no line', async () => {
  const journal = newJournal();
  await journal.keep(commitOf('a'));
  const [name = ''] = await readdir(folder);
  const handle = await open(path.join(folder, name));
  const files: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  let taken: (string | undefined)[] = [];
  const between = vi.spyOn(files, 'appendFile').mockImplementationOnce(async function (
    this: FileHandle,
    ...given
  ) {
    between.mockRestore();
    taken = await takeOver(name);
    await newJournal().markReconciled(name.replace('.open.', '.sealed.'));
    await this.appendFile(...given);
  });
  await journal.keep(commitOf('b'));
  await journal.seal();
  expect([...taken, ...(await carried(journal))]).toEqual(['a', 'b']);
});

it('a segment that was taken over and still waits is not replaced by the next lines', async () => {
  const journal = newJournal();
  await journal.keep(commitOf('a'));
  const [name = ''] = await readdir(folder);
  await takeOver(name);
  await journal.keep(commitOf('b'));
  await journal.seal();
  expect(await carried(journal)).toEqual(['a', 'b']);
});
