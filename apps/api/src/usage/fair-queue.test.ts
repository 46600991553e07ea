import { expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

function queueOf(sizes: Readonly<Record<string, number>>) {
  const queue = new FairQueue<string>();
  for (const [organization, size] of Object.entries(sizes)) {
    for (let n = 0; n < size; n += 1) queue.add(organization, `${organization}-${n}`);
  }
  return queue;
}

it('fills a batch from everybody in turns, each in order, and begins the next with whoever waited', () => {
  const queue = queueOf({ a: 1000, b: 1000, c: 1 });
  const first = queue.take(250);
  const of = (name: string, taken: readonly string[]) => taken.filter((item) => item.startsWith(name));
  expect([of('a', first).length, of('b', first).length, of('c', first).length]).toEqual([149, 100, 1]);
  expect(of('a', first)).toEqual(Array.from({ length: 149 }, (_, n) => `a-${n}`));
  expect(queue.take(1)).toEqual(['b-100']);
  expect([queue.size, queue.sizeOf('a'), queue.sizeOf('b'), queue.sizeOf('c')]).toEqual([1750, 851, 899, 0]);
});

it('takes of those that are wanted only, and goes on to the end', () => {
  const queue = queueOf({ a: 12_000, b: 3 });
  expect(queue.take(10, (_, waiting) => waiting <= 3)).toEqual(['b-0', 'b-1', 'b-2']);
  expect(queue.hasLonger(11_999)).toBe(true);
  const taken = queue.take(20_000);
  expect([taken.length, taken.at(-1), queue.size, queue.hasLonger(0)]).toEqual([12_000, 'a-11999', 0, false]);
});
