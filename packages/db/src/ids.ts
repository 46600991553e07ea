import { randomBytes } from 'node:crypto';
import type { IdSource } from '@metergate/core';

/**
 * UUID version 7 from the machine's time: ids only have to be unique and roughly ascending (for the indexes), so
 * they do not follow a simulated business clock. Ascending within one process, also inside one millisecond.
 */
export function createIdSource(wallTimeMs: () => number = Date.now): IdSource {
  let lastMs = 0;
  let counter = 0;
  return {
    next() {
      const nowMs = wallTimeMs();
      if (nowMs > lastMs) {
        lastMs = nowMs;
        counter = 0;
      } else if (counter < 0xfff) {
        counter += 1;
      } else {
        // The counter has 12 bits: borrow from the next millisecond rather than repeat.
        lastMs += 1;
        counter = 0;
      }
      return formatUuid(lastMs, counter);
    },
  };
}

function formatUuid(timeMs: number, counter: number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  const random = eightRandomBytes();
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const tail = random.toString('hex');
  const version = `7${counter.toString(16).padStart(3, '0')}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Taken from the system by the page: asking for eight bytes at a time costs more than everything else here. */
let page = randomBytes(0);
let nextByte = 0;

function eightRandomBytes(): Buffer {
  if (nextByte + 8 > page.length) {
    page = randomBytes(4096);
    nextByte = 0;
  }
  nextByte += 8;
  return page.subarray(nextByte - 8, nextByte);
}
