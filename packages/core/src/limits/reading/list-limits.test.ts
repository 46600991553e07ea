import { expect, it } from 'vitest';
import { percentOf } from './list-limits.ts';

const levels = (used: string, reserved = '0') => ({ used, reserved });

it('counts what is held like what is used, and cuts after two decimals', () => {
  expect(percentOf(levels('1', '1'), '3')).toBe('66.66');
  expect(percentOf(levels('6', '1'), '5')).toBe('140.00');
});

it('has no percentage where there is no limit, or nothing of nothing is used', () => {
  expect(percentOf(levels('7'), null)).toBeNull();
  expect(percentOf(levels('0'), '0')).toBeNull();
});

it('is full when something is used of a limit of zero', () => {
  expect(percentOf(levels('0', '1'), '0')).toBe('100.00');
});
