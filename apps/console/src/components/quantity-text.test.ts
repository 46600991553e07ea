import { expect, test } from 'vitest';
import { countedText, measuredText, nounText, percentText, quantityText, shareOf } from './quantity-text.ts';

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

test('one of a thing is singular, a measure keeps its unit, other numbers are plural', () => {
  expect(countedText('1', { name: 'Gateways', unit: 'gateway' })).toBe('1 gateway');
  expect(countedText('1', { name: 'Words recognised', unit: 'word' })).toBe('1 word recognised');
  expect(countedText('1', { name: 'AI runs', unit: 'run' })).toBe('1 AI run');
  expect(countedText('0', { name: 'Calls', unit: 'call' })).toBe('0 calls');
  expect(countedText('5000', { name: 'Call minutes', unit: 'minute' })).toBe('5,000 call minutes');
  expect(countedText('100', { name: 'Storage', unit: 'GB' })).toBe('100 GB storage');
});

test('beside its name a figure only carries a unit that is a measure', () => {
  expect(measuredText('1', 'GB')).toBe('1 GB');
  expect(measuredText('10', 'gateway')).toBe('10');
  expect(measuredText(null, 'GB')).toBe('—');
});
