import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { inLanes, sideBySide } from './lanes.ts';

/** So many pieces of work, and how many of them were under way at most. */
function pieces(count: number) {
  const seen = { claims: 0, most: 0, underWay: 0 };
  let left = count;
  const claim = async () => {
    seen.claims += 1;
    await delay(1);
    if (left === 0) return null;
    left -= 1;
    return async () => {
      seen.underWay += 1;
      seen.most = Math.max(seen.most, seen.underWay);
      await delay(5);
      seen.underWay -= 1;
      return 1;
    };
  };
  return { seen, claim };
}
const never = () => false;

describe('lanes', () => {
  test('look once when there is nothing', async () => {
    const { seen, claim } = pieces(0);
    expect(await inLanes({ width: 8, claimsMax: 100, isOver: never, claim })).toBe(0);
    expect(seen.claims).toBe(1);
  });

  test('do everything, no more at a time than their number', async () => {
    const { seen, claim } = pieces(40);
    expect(await inLanes({ width: 4, claimsMax: 100, isOver: never, claim })).toBe(40);
    expect(seen.most).toBe(4);
    expect(seen.claims).toBe(44);
  });

  test('claim no more often than they may together', async () => {
    const { seen, claim } = pieces(40);
    expect(await inLanes({ width: 4, claimsMax: 10, isOver: never, claim })).toBe(10);
    expect(seen.claims).toBe(10);
  });

  test('finish what they have begun when it is over', async () => {
    const { seen, claim } = pieces(40);
    expect(await inLanes({ width: 4, claimsMax: 100, isOver: () => seen.most === 4, claim })).toBeLessThan(
      12,
    );
    expect(seen.underWay).toBe(0);
  });

  test('tell of a failure that comes while an earlier lane still works', async () => {
    const works = [() => delay(20).then(() => 1), () => Promise.reject(new Error('broken'))];
    const claim = () => Promise.resolve(works.shift() ?? null);
    await expect(inLanes({ width: 4, claimsMax: 100, isOver: never, claim })).rejects.toThrow('broken');
  });
});

describe('side by side', () => {
  test('everything is visited once, so many at a time', async () => {
    let [underWay, most] = [0, 0];
    const visited: number[] = [];
    await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await delay(2);
      visited.push(item);
      underWay -= 1;
    });
    expect([visited.toSorted(), most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
  });

  test('a visit that fails is told when the others have ended', async () => {
    const visited: number[] = [];
    const visiting = sideBySide([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('broken');
      await delay(2);
      visited.push(item);
    });
    await expect(visiting).rejects.toThrow('broken');
    expect(visited).toEqual([2, 3, 4]);
  });
});
