import { expect, it } from 'vitest';
import { isFullyPrintable, printable } from './pdf-text.ts';

it('keeps what the standard fonts have, drops accents they lack and marks what has no likeness', () => {
  expect(printable('Ünïcode – €5 “ok”')).toBe('Ünïcode – €5 “ok”');
  expect(printable('Łódź Šamorín Čad İstanbul')).toBe('Lódz Šamorín Cad Istanbul');
  expect(printable('東京 🚀')).toBe('?? ?');
});

it('lets control, combining and invisible characters vanish and every space be one', () => {
  expect(printable('a\u0007b\u200bc\u0301d')).toBe('abćd'.normalize('NFD').replace(/\u0301/g, ''));
  expect(printable('1\u202f000\tx')).toBe('1 000 x');
});

it('knows which texts would lose something', () => {
  expect(isFullyPrintable('US$1,234.50')).toBe(true);
  expect(isFullyPrintable('₹100')).toBe(false);
});
