import { afterEach, expect, test, vi } from 'vitest';
import { readerLocale } from './locale.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['de-CH', 'de-CH'],
  ['en-US@posix', 'en-US'],
  ['C', 'en-US'],
  ['', 'en-US'],
])('a browser that says %s reads %s', (said, read) => {
  vi.stubGlobal('navigator', { language: said });
  expect(readerLocale()).toBe(read);
});
