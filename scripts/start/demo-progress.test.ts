import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSettings } from '../instance/settings.ts';
import { clusterFolder } from './database.ts';
import { beginDemo, endDemo, isDatabaseNew, isDemoUnfinished } from './demo-progress.ts';

const folder = mkdtempSync(join(tmpdir(), 'demo-progress-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const embedded = readSettings({ DATA_DIR: folder });
const outside = readSettings({ DATA_DIR: folder, DATABASE_URL: 'postgres://elsewhere/metergate' });

test('a demo that was begun and not ended is unfinished, also for the next process', () => {
  expect(isDemoUnfinished(embedded)).toBe(false);
  beginDemo(embedded);
  expect(isDemoUnfinished(embedded)).toBe(true);
  endDemo(embedded);
  expect(isDemoUnfinished(embedded)).toBe(false);
  endDemo(embedded);
});

test('only an embedded database that does not exist yet is new, and an outside one is never deleted', () => {
  expect(isDatabaseNew(embedded)).toBe(true);
  expect(isDatabaseNew(outside)).toBe(false);
  beginDemo(embedded);
  expect(isDemoUnfinished(outside)).toBe(false);
  mkdirSync(clusterFolder(embedded), { recursive: true });
  expect(isDatabaseNew(embedded)).toBe(false);
});
