import { expect, it } from 'vitest';
import { JoinedReads } from './joined-reads.ts';

it('joins waiting reads into the one after the running one, so that nobody gets an answer older than the question', async () => {
  const reads = new JoinedReads<number>();
  const finish: (() => void)[] = [];
  let started = 0;
  const load = () => {
    started += 1;
    const value = started;
    return new Promise<number>((resolve) => finish.push(() => resolve(value)));
  };
  const first = reads.read('a', load);
  const waiting = [reads.read('a', load), reads.read('a', load), reads.read('a', load)];
  expect(started).toBe(1);
  finish[0]?.();
  expect(await first).toBe(1);
  await Promise.resolve();
  finish[1]?.();
  expect(await Promise.all(waiting)).toEqual([2, 2, 2]);
  const later = reads.read('a', load);
  finish[2]?.();
  expect(await later).toBe(3);
});

it('goes on after a failed read', async () => {
  const reads = new JoinedReads<string>();
  const failed = reads.read('a', () => Promise.reject(new Error('away')));
  const next = reads.read('a', () => Promise.resolve('back'));
  await expect(failed).rejects.toThrow('away');
  expect(await next).toBe('back');
});
