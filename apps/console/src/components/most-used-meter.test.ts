import { expect, test } from 'vitest';
import { mostUsedMeter } from './most-used-meter.ts';

const calls = { meter: 'call', used: '40', included: '500' };
const words = { meter: 'stt_words', used: '90000', included: null };

test('the fullest meter comes first, however large the figures of others are', () => {
  expect(mostUsedMeter([words, calls])?.meter).toBe('call');
});

test('without a limit the highest figure comes first, and what the plan lacks does not count as full', () => {
  const translations = { meter: 'translation', used: '0', included: '0' };
  expect(mostUsedMeter([translations, words])?.meter).toBe('stt_words');
  expect(mostUsedMeter([])).toBeUndefined();
});
