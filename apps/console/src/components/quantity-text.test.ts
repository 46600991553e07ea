import { expect, test } from 'vitest';
import { nounText, percentText, quantityText, shareOf } from './quantity-text.ts';

test('a quantity beyond the precision of a double is shown exactly', () => {
  expect(quantityText('9007199254740993.000000000001')).toBe('9,007,199,254,740,993.000000000001');
});

test('an unknown quantity is a dash, not zero', () => {
  expect(quantityText(null)).toBe('—');
});

test('a share below one percent is not rounded to nothing, and one above a hundred is kept', () => {
  expect(percentText('0.4')).toBe('< 1 %');
  expect(percentText('112.7')).toBe('112 %');
  expect(percentText('99.99')).toBe('99 %');
});

test('nothing has a share of zero', () => {
  expect(shareOf('0', '0')).toBeNull();
});

test('a name goes on in a sentence, an acronym stays', () => {
  expect(nounText('Call minutes')).toBe('call minutes');
  expect(nounText('AI runs')).toBe('AI runs');
});
