import { asId } from '@metergate/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../logging/logger.ts';
import { LiveHub, type LiveHubOptions } from './live-hub.ts';
import { LiveStream } from './live-stream.ts';

const organizationId = asId('organization', '00000000-0000-7000-8000-000000000001');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function openHub(options: Partial<LiveHubOptions>) {
  const hub = new LiveHub({
    log: createLogger('silent'),
    listen: () => ({ close: async () => undefined }),
    listAdmitted: async (visitors) => new Set(visitors.keys()),
    announceUsage: async () => undefined,
    ...options,
  });
  const sink = { write: () => true, end: () => {}, destroy: () => {}, onDrain: () => {} };
  const visitor = { sessionId: 's', userId: 'u', organizationId, viewAsSessionId: null };
  hub.add(new LiveStream(visitor, sink, { monotonicMs: () => 0, lastId: 0 }));
  return hub;
}

test('what could not be announced is announced again, and no more after that', async () => {
  const announced: string[][] = [];
  const hub = openHub({
    announceUsage: async (ids) => {
      announced.push([...ids]);
      if (announced.length < 3) throw new Error('the database is away');
    },
  });
  hub.usageMoved(organizationId);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(announced).toEqual([[organizationId], [organizationId], [organizationId]]);
});

test('a database that stands still is asked once who may still look', async () => {
  let asked = 0;
  let answer = (_admitted: ReadonlySet<number>) => {};
  const hub = openHub({
    listAdmitted: () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);
  expect(hub.size).toBe(1);
  answer(new Set());
  await vi.advanceTimersByTimeAsync(0);
  expect(hub.size).toBe(0);
});
