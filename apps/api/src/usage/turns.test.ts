import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('lets one piece of work happen in a round of the event loop, whoever asks for more', async () => {
  const turns = new Turns();
  let round = 0;
  let isOver = false;
  const nextRound = () => {
    round += 1;
    if (!isOver) setImmediate(nextRound);
  };
  setImmediate(nextRound);
  const rounds: number[] = [];
  const work = async () => {
    for (let piece = 0; piece < 3; piece += 1) {
      await turns.next();
      rounds.push(round);
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  isOver = true;
  expect(rounds).toHaveLength(60);
  expect(new Set(rounds).size).toBe(60);
});

it('stands still while few events of somebody are on their way', async () => {
  let arrive: () => void = () => undefined;
  const fewFirst: { rest: Promise<void> | undefined } = {
    rest: new Promise((resolve) => {
      arrive = resolve;
    }),
  };
  const turns = new Turns(fewFirst);
  let done = 0;
  const pieces = [turns.next(), turns.next()].map((piece) => piece.then(() => (done += 1)));
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(0);
  fewFirst.rest = undefined;
  arrive();
  await Promise.all(pieces);
  expect(done).toBe(2);
});
