import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

/** A clock that moves only when somebody waits or works. */
function virtualClock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    wait: async (milliseconds: number) => {
      nowMs += milliseconds;
    },
  };
}

async function begins(perSecond: number, workMs: readonly number[]): Promise<number[]> {
  const clock = virtualClock();
  const turn = createPace(perSecond, clock);
  const at: number[] = [];
  for (const work of workMs) {
    await turn();
    at.push(clock.now());
    await clock.wait(work);
  }
  return at;
}

test.each([
  ['work of no time begins evenly', 5, [0, 0, 0, 0], [0, 200, 400, 600]],
  ['work shorter than its share waits for the rest', 2, [100, 100, 100], [0, 500, 1000]],
  ['work longer than its share is followed at once', 10, [300, 300, 0], [0, 300, 600]],
  ['what took long is not caught up by a burst', 4, [1000, 0, 0, 0], [0, 1000, 1250, 1500]],
])('%s', async (_name, perSecond, work, expected) => {
  expect(await begins(perSecond, work)).toEqual(expected);
});
