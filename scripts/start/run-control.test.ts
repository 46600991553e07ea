import type { EventEmitter } from 'node:events';
import process from 'node:process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunControl, StopAsked } from './run-control.ts';

const emitter: EventEmitter = process;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'];

function partOf(name: string, seen: string[]) {
  return {
    name,
    stop: async () => {
      seen.push(`stop ${name}`);
    },
    kill: () => {
      seen.push(`kill ${name}`);
    },
  };
}

let before: Map<string, ReturnType<EventEmitter['listeners']>>;

beforeEach(() => {
  before = new Map(signals.map((signal) => [signal, emitter.listeners(signal)]));
});
afterEach(() => {
  // The test runner listens as well.
  for (const signal of signals) {
    const added = emitter.listeners(signal).filter((listener) => !before.get(signal)?.includes(listener));
    for (const listener of added) emitter.off(signal, listener as () => void);
  }
  vi.restoreAllMocks();
});

test('what was started last is stopped first', async () => {
  const seen: string[] = [];
  const control = new RunControl();
  for (const name of ['postgres', 'emulator', 'api']) control.register(partOf(name, seen));
  await control.stopAll();
  expect(seen).toEqual(['stop api', 'stop emulator', 'stop postgres']);
});

test('nothing is stopped twice', async () => {
  const seen: string[] = [];
  const control = new RunControl();
  control.register(partOf('postgres', seen));
  await control.stopAll();
  await control.stopAll();
  expect(seen).toEqual(['stop postgres']);
});

test('a signal ends the start at its next step', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const control = new RunControl();
  expect(() => control.continueUnlessStopping()).not.toThrow();
  process.emit('SIGTERM', 'SIGTERM');
  expect(() => control.continueUnlessStopping()).toThrow(StopAsked);
  expect(await control.stopRequested).toEqual({ kind: 'asked' });
});

test('one key press that arrives twice stops gently, a later one kills', () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const now = vi.spyOn(performance, 'now');
  const seen: string[] = [];
  const control = new RunControl();
  control.register(partOf('api', seen));
  now.mockReturnValue(1_000);
  process.emit('SIGINT', 'SIGINT');
  now.mockReturnValue(1_020);
  process.emit('SIGINT', 'SIGINT');
  expect(seen).toEqual([]);
  now.mockReturnValue(3_000);
  process.emit('SIGINT', 'SIGINT');
  expect(seen).toEqual(['kill api']);
});

test('the first reason to stop is the one that is reported', async () => {
  const control = new RunControl();
  control.requestStop({ kind: 'failed', message: 'api ended by SIGKILL.' });
  control.requestStop({ kind: 'asked' });
  expect(await control.stopRequested).toEqual({ kind: 'failed', message: 'api ended by SIGKILL.' });
});
