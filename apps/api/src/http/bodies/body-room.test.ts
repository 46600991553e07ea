import { describe, expect, it } from 'vitest';
import { BodyRoom } from './body-room.ts';

const refusal = expect.objectContaining({ code: 'BODY_ROOM_FULL', httpStatus: 429, retryAfterSeconds: 1 });

const smallBytes = 16_384;

/** Four fifths of ten million are for everybody, so one sender alone gets six million. */
function roomAt(clock = { now: 0 }) {
  return new BodyRoom({ bytesMax: 10_000_000, monotonicMs: () => clock.now });
}

describe('the room for bodies', () => {
  it('gives one sender three quarters, and always leaves something for the next', () => {
    const room = roomAt();
    const stays = Array.from({ length: 6 }, () => room.enter('storm', 1_000_000));
    expect(() => room.enter('storm', 100_000)).toThrow(refusal);
    room.enter('neighbor', 1_000_000);
    expect(() => room.enter('storm', 100_000)).toThrow(refusal);
    room.enter('third', 200_000);
    stays[0]?.leave();
    expect(room.bytes).toBe(6_200_000);
  });

  it('takes back what was given once, however often a stay ends', () => {
    const room = roomAt();
    const stay = room.enter('sender', 1_000_000);
    stay.arrive(400_000);
    stay.arrive(600_000);
    stay.complete();
    expect(room.bytes).toBe(1_000_000);
    stay.leave();
    stay.leave();
    expect(room.bytes).toBe(0);
  });

  it('keeps a part for small bodies, which a flood of large ones cannot take, and is bounded for them too', () => {
    const room = roomAt();
    for (let n = 0; n < 40; n += 1) {
      for (const sender of ['a', 'b', 'c', 'd', 'e']) {
        try {
          room.enter(sender, 200_000);
        } catch {}
      }
    }
    expect(room.bytes).toBeGreaterThan(7_000_000);
    expect(() => room.enter('f', 1_000_000)).toThrow(refusal);
    let entered = 0;
    expect(() => {
      for (;;) {
        room.enter('f', 16_000);
        entered += 1;
      }
    }).toThrow(refusal);
    expect(entered).toBeGreaterThan(50);
    expect(room.bytes).toBeLessThanOrEqual(10_000_000);
  });

  it('remembers what a sender still holds when one of its bodies is answered', () => {
    const room = roomAt();
    const [first] = Array.from({ length: 6 }, () => room.enter('storm', 1_000_000));
    first?.leave();
    room.enter('storm', 1_000_000);
    expect(() => room.enter('storm', 100_000)).toThrow(refusal);
  });

  it('takes a body that arrives in small chunks for a large one once it is', () => {
    const room = roomAt();
    for (const sender of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      for (let bytes = 4_000_000; bytes >= 1000; bytes /= 2) {
        try {
          room.enter(sender, bytes);
        } catch {}
      }
    }
    const stay = room.enter('chunks', 0);
    stay.arrive(16_000);
    expect(() => stay.arrive(16_000)).toThrow(refusal);
  });

  it('counts a body without a length as it arrives', () => {
    const room = roomAt();
    const stay = room.enter('sender', 0);
    stay.arrive(64_000);
    expect(room.bytes).toBe(64_000);
    const other = room.enter('sender', 5_900_000);
    expect(() => stay.arrive(64_000)).toThrow(refusal);
    other.leave();
    stay.leave();
    expect(room.bytes).toBe(0);
  });

  it('counts of a slow body what has arrived as soon as somebody needs the room', () => {
    const clock = { now: 0 };
    const room = roomAt(clock);
    const slow = Array.from({ length: 3 }, () => room.enter('slow', 2_000_000));
    slow[0]?.arrive(50_000);
    expect(() => room.enter('slow', 2_000_000)).toThrow(refusal);
    clock.now = 1999;
    expect(() => room.enter('slow', 2_000_000)).toThrow(refusal);
    clock.now = 2500;
    const quick = room.enter('slow', 2_000_000);
    expect(room.bytes).toBe(2_050_000);
    // What comes after all is counted like a body without a length.
    slow[0]?.arrive(100_000);
    expect(room.bytes).toBe(2_150_000);
    for (const stay of [...slow, quick]) stay.leave();
    expect(room.bytes).toBe(0);
  });

  it('keeps the room of a body that has arrived until it is answered, however long that takes', () => {
    const clock = { now: 0 };
    const room = roomAt(clock);
    const stay = room.enter('sender', 2_000_000);
    stay.arrive(2_000_000);
    stay.complete();
    clock.now = 60_000;
    room.enter('sender', 2_000_000);
    room.enter('sender', 2_000_000);
    expect(() => room.enter('sender', 2_000_000)).toThrow(refusal);
  });

  it('takes a body of 16 KB for small and the next larger one for large', () => {
    const room = roomAt();
    const enters = (sender: string, bytes: number) => {
      try {
        room.enter(sender, bytes);
        return true;
      } catch (error) {
        expect(error).toEqual(refusal);
        return false;
      }
    };
    // Until nothing larger than small fits for anybody who is new.
    for (const sender of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      for (let bytes = 4_000_000; bytes >= 1; bytes /= 2) enters(sender, Math.floor(bytes) + smallBytes);
    }
    expect(() => room.enter('large', smallBytes + 1)).toThrow(refusal);
    expect(() => room.enter('small', smallBytes)).not.toThrow();
  });

  it('calls a body slow after two seconds', () => {
    const clock = { now: 0 };
    const room = roomAt(clock);
    for (let n = 0; n < 3; n += 1) room.enter('slow', 2_000_000);
    clock.now = 2000;
    room.enter('slow', 2_000_000);
    expect(room.bytes).toBe(2_000_000);
  });
});
