import { expect, test } from 'vitest';
import { clientTotals, dayTotals } from './line-days.ts';

const north = { id: 'cli_1', name: 'Northwind' };
const days = [
  { date: '2026-02-27', client: north, quantity: '1.5' },
  { date: '2026-02-27', client: null, quantity: '0.5' },
  { date: '2026-03-02', client: north, quantity: '-1' },
];

test('clients are joined per day and quiet days in between are zero', () => {
  expect(dayTotals(days)).toEqual([
    { date: '2026-02-27', quantity: '2' },
    { date: '2026-02-28', quantity: '0' },
    { date: '2026-03-01', quantity: '0' },
    { date: '2026-03-02', quantity: '-1' },
  ]);
});

test('no usage is no day', () => {
  expect(dayTotals([])).toEqual([]);
  expect(clientTotals([])).toEqual([]);
});

test('corrections count into the total of their client, exactly', () => {
  expect(clientTotals(days)).toEqual([
    { id: 'cli_1', name: 'Northwind', quantity: '0.5' },
    { id: null, name: 'Without a client', quantity: '0.5' },
  ]);
});
