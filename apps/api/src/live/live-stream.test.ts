import { asId } from '@metergate/core';
import { expect, test } from 'vitest';
import { type EventSink, LiveStream } from './live-stream.ts';

function openStream() {
  const written: string[] = [];
  let isFull = false;
  let drained = () => {};
  let isDestroyed = false;
  let isEnded = false;
  let nowMs = 0;
  const sink: EventSink = {
    write: (text) => {
      written.push(text);
      return !isFull;
    },
    end: () => {
      isEnded = true;
    },
    destroy: () => {
      isDestroyed = true;
    },
    onDrain: (listener) => {
      drained = listener;
    },
  };
  const organizationId = asId('organization', '00000000-0000-7000-8000-000000000001');
  const visitor = { sessionId: 's', userId: 'u', organizationId, viewAsSessionId: null };
  const stream = new LiveStream(visitor, sink, { monotonicMs: () => nowMs, lastId: 41 });
  return {
    stream,
    written,
    fill: () => {
      isFull = true;
    },
    drain: () => {
      isFull = false;
      drained();
    },
    wait: (ms: number) => {
      nowMs += ms;
    },
    isDestroyed: () => isDestroyed,
    isEnded: () => isEnded,
  };
}

test('ids go on from where the page was', () => {
  const { stream, written } = openStream();
  stream.tell(['usage']);
  expect(written).toEqual(['id: 42\nevent: changed\ndata: {"topics":["usage"]}\n\n']);
});

test('what a slow reader has not taken is merged into one event when it reads again', () => {
  const { stream, written, fill, drain } = openStream();
  fill();
  stream.tell(['usage']);
  for (let count = 0; count < 1_000; count += 1) stream.tell(['usage', 'billing']);
  expect(written).toHaveLength(1);
  drain();
  expect(written).toHaveLength(2);
  expect(written[1]).toContain('["usage","billing"]');
});

test('a reader that takes nothing for thirty seconds is cut off, one that is only quiet is not', () => {
  const { stream, fill, wait, isDestroyed } = openStream();
  wait(120_000);
  expect(stream.beat()).toBe(true);
  fill();
  stream.tell(['usage']);
  wait(29_999);
  expect(stream.beat()).toBe(true);
  wait(1);
  expect(stream.beat()).toBe(false);
  expect(isDestroyed()).toBe(true);
});

test('a stream that ends waits for a reader, but not for one that takes nothing', () => {
  const quiet = openStream();
  quiet.stream.tell(['usage']);
  quiet.stream.end();
  expect([quiet.isEnded(), quiet.isDestroyed()]).toEqual([true, false]);
  const stuck = openStream();
  stuck.fill();
  stuck.stream.tell(['usage']);
  stuck.stream.end();
  expect([stuck.isEnded(), stuck.isDestroyed()]).toEqual([false, true]);
});
