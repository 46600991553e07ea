import { asId } from '@metergate/core';
import { describe, expect, it } from 'vitest';
import { clientIdsOf } from './client-ids.ts';

const idOf = (n: number) => `00000000-0000-4000-${(0x8000 + n).toString(16)}-ff0000000000`;
const packed = (numbers: readonly number[]) =>
  Buffer.concat(numbers.map((n) => Buffer.from(idOf(n).replaceAll('-', ''), 'hex')));

describe('ids packed by the database', () => {
  it.each([
    ['none', []],
    ['one', [5]],
    ['two', [4, 6]],
    ['three', [3, 5, 7]],
    ['many', Array.from({ length: 500 }, (_, n) => 2 * n + 1)],
  ])('%s of them are found, and nothing else', (_, numbers) => {
    const ids = clientIdsOf(packed(numbers));
    const found = Array.from({ length: 1002 }, (_, n) => n).filter((n) => ids.has(asId('client', idOf(n))));
    expect(found).toEqual(numbers);
  });

  it('are empty when the database has none to pack', () => {
    expect(clientIdsOf(null).has(asId('client', idOf(1)))).toBe(false);
  });
});
