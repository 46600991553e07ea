import { expect, test } from 'vitest';
import { minorFromText } from './money-input.ts';

test.each([
  ['12.50', 'USD', '1250'],
  [' 12 ', 'USD', '1200'],
  ['0.5', 'USD', '50'],
  ['4300', 'JPY', '4300'],
  ['0.65', 'KWD', '650'],
])('“%s” in %s is %s minor units', (text, currency, minor) => {
  expect(minorFromText(text, currency)).toBe(minor);
});

test.each([
  ['', 'USD'],
  ['12,50', 'USD'],
  ['1.234', 'USD'],
  ['0.5', 'JPY'],
  ['-1', 'USD'],
  ['1e3', 'USD'],
  ['0.00', 'USD'],
  ['9999999999999', 'USD'],
])('“%s” in %s is no amount', (text, currency) => {
  expect(minorFromText(text, currency)).toBeNull();
});
