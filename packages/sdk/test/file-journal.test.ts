import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMetergate, type MetergateOptions } from '../src/index.ts';
import { fileJournal } from '../src/node/file-journal.ts';
import { type FakeServer, idsOf, json, startFakeServer, takeAll } from './fake-server.ts';

let server: FakeServer;
let folder: string;
let told: string[];

beforeEach(async () => {
  server = await startFakeServer();
  folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-sdk-'));
  told = [];
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const event = { organization: 'acme', meter: 'call', quantity: 1 };
const clientOf = (options: Partial<MetergateOptions> = {}) =>
  createMetergate({
    url: server.url,
    apiKey: 'mg_test',
    journal: fileJournal(folder),
    onDropped: (events, reason) => told.push(`dropped ${events.map(({ id }) => id)} ${reason}`),
    onJournalFailed: (error) => told.push(error instanceof Error ? error.message : String(error)),
    ...options,
  });
const nobody = 'http://127.0.0.1:1';
const isAway: FakeServer['answer'] = (_, response) => json(response, 503, {});
const names = async () => (await readdir(folder)).sort();
const taken = () => server.seen.flatMap(idsOf).sort();
/** As if the process that wrote it had ended: nobody has its number. */
const orphan = async () => {
  for (const name of await names()) {
    const gone = name.replace(/~\d+\.\d*\./, '~999999999.1.');
    await rename(path.join(folder, name), path.join(folder, gone));
  }
};
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('the journal of a client', () => {
  it('has an event before `keep` resolves, and nothing once it is acknowledged', async () => {
    server.answer = isAway;
    const metergate = clientOf();
    await metergate.usage.keep({ ...event, id: 'a' });
    const [name = ''] = await names();
    expect(await readFile(path.join(folder, name), 'utf8')).toContain('"id":"a"');
    server.answer = takeAll;
    await metergate.shutdown();
    expect(await names()).toEqual([]);
  });

  it('is sent by the next client when a process has ended with it', async () => {
    const first = clientOf({ url: nobody });
    for (const id of ['a', 'b']) await first.usage.keep({ ...event, id });
    await expect(first.shutdown(50)).rejects.toThrow();
    const second = clientOf();
    await until(() => taken().length >= 2);
    await second.shutdown();
    expect(taken()).toEqual(['a', 'b']);
    expect(await names()).toEqual([]);
  });

  it('is left alone while its process runs', async () => {
    server.answer = isAway;
    const first = clientOf();
    await first.usage.keep({ ...event, id: 'a' });
    const second = clientOf();
    await second.usage.keep({ ...event, id: 'b' });
    expect(second.usage.pending).toBe(1);
    server.answer = takeAll;
    await Promise.all([first.shutdown(), second.shutdown()]);
    expect(await names()).toEqual([]);
  });

  it('reads past a torn end and a damaged line, says so, and keeps the file', async () => {
    const first = clientOf({ url: nobody });
    await first.usage.keep({ ...event, id: 'a' });
    await first.shutdown(50).catch(() => undefined);
    const [name = ''] = await names();
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, `\u0000\u0000\u0000\n${text}={"id":"never kep`);
    const second = clientOf();
    await until(() => taken().length > 0);
    await second.shutdown();
    expect(taken()).toEqual(['a']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^1 lines of .* cannot be read/);
    expect(await names()).toEqual([expect.stringMatching(/\.damaged$/)]);
  });

  it('takes what memory has no room for, and gives it back in order', async () => {
    server.answer = isAway;
    const metergate = clientOf({ bufferMax: 3, batchSize: 2, flushIntervalMs: 1 });
    const ids = Array.from({ length: 10 }, (_, n) => `e-${n}`);
    await Promise.all(ids.map((id) => metergate.usage.keep({ ...event, id })));
    expect(metergate.usage.pending).toBe(10);
    server.answer = takeAll;
    server.seen.length = 0;
    await metergate.usage.flush();
    expect(server.seen.flatMap(idsOf)).toEqual(ids);
    expect(metergate.usage.pending).toBe(0);
    await metergate.shutdown();
    expect(told).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it('holds decisions of the outage policy and ended work as well', async () => {
    server.answer = ({ path: route }, response) =>
      route.endsWith('/reservations') && server.seen.length === 1
        ? json(response, 201, { decision: 'allowed', id: 'res_1' })
        : json(response, 503, {});
    const first = clientOf({ onUnavailable: 'open' });
    const wish = { organization: 'acme', feature: 'call', quantity: 1 };
    const held = await first.limits.reserve({ ...wish, leaseSeconds: 60 });
    await held.commit(2);
    await first.limits.consume({ ...wish, id: 'granted' });
    await first.shutdown(1500).catch(() => undefined);
    server.answer = takeAll;
    server.seen.length = 0;
    const second = clientOf();
    await until(() => server.seen.length >= 2);
    await second.shutdown();
    expect(taken()).toEqual(['granted']);
    const commits = server.seen.filter((one) => one.path.endsWith('/res_1/commit'));
    expect(commits.map(({ body }) => body)).toEqual([{ organization: 'acme', quantity: 2 }]);
    expect(await names()).toEqual([]);
  });

  it('that cannot be written is told, and memory goes on', async () => {
    const file = path.join(folder, 'no-folder');
    await writeFile(file, '');
    const metergate = clientOf({ journal: fileJournal(file) });
    expect(await metergate.usage.keep({ ...event, id: 'a' })).toBe('a');
    await metergate.shutdown().catch(() => undefined);
    expect(taken()).toEqual(['a']);
    expect(told[0]).toMatch(/EEXIST|ENOTDIR/);
  });
});

describe('segments', () => {
  it('of an ended process are taken over by one of many', async () => {
    const before = fileJournal(folder).open('usage');
    await before.append(['=1', '=2']);
    await orphan();
    const many = Array.from({ length: 8 }, () => fileJournal(folder).open('usage'));
    const found = await Promise.all(many.map((files) => files.takeLeftOvers()));
    expect(found.flat()).toHaveLength(1);
    const [finder] = many.filter((_, n) => found[n]?.length === 1);
    expect(await finder?.read(found.flat()[0] ?? '')).toEqual(['=1', '=2']);
  });

  it('that another process takes over while they are written lose no line', async () => {
    const files = fileJournal(folder).open('usage');
    const other = fileJournal(folder).open('usage');
    const kept: string[] = [];
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; n < 100; n += 1) {
        await files.append([`=${n}`]);
        kept.push(`=${n}`);
      }
      isOver = true;
    })();
    const found = new Set<string>();
    const take = async () => {
      await orphan();
      for (const segment of await other.takeLeftOvers()) {
        for (const line of await other.read(segment)) found.add(line);
        await other.remove(segment);
      }
    };
    while (!isOver) {
      await take();
      await new Promise((resolve) => setTimeout(resolve, 7));
    }
    await writing;
    await take();
    expect(kept.filter((line) => !found.has(line))).toEqual([]);
  });

  it('that are taken over and read between opening and writing get the lines elsewhere', async () => {
    const files = fileJournal(folder).open('usage');
    const name = await files.append(['=1']);
    const handle = await open(path.join(folder, name));
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const other = fileJournal(folder).open('usage');
    const taken: string[] = [];
    const between = vi.spyOn(prototype, 'appendFile').mockImplementationOnce(async function (
      this: FileHandle,
      ...given
    ) {
      between.mockRestore();
      await orphan();
      for (const segment of await other.takeLeftOvers()) taken.push(...(await other.read(segment)));
      await this.appendFile(...given);
    });
    const next = await files.append(['=2']);
    expect(taken).toEqual(['=1']);
    expect(await files.read(next)).toEqual(['=2']);
  });

  it('get no line after one that failed', async () => {
    const files = fileJournal(folder).open('usage');
    const first = await files.append(['=1']);
    await appendFile(path.join(folder, first), '=half');
    files.rotate();
    expect(await files.append(['=2'])).not.toBe(first);
    expect(await files.read(first)).toEqual(['=1']);
  });

  it('of another journal in the same folder are not touched', async () => {
    await fileJournal(folder).open('reports').append(['{}']);
    await orphan();
    expect(await fileJournal(folder).open('usage').takeLeftOvers()).toEqual([]);
  });
});
