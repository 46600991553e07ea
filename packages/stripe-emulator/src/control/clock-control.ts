import type { ClockMode } from '../clock/clock.ts';
import type { World } from '../world.ts';

export function clockState(world: World) {
  const nowMs = world.clock.nowMs();
  return {
    now: new Date(nowMs).toISOString(),
    unixSeconds: Math.floor(nowMs / 1000),
    mode: world.clock.mode.kind,
  };
}

/**
 * Moves the account's clock: `now` (ISO 8601 or seconds) or `advanceSeconds`. Moving forward does everything
 * that falls due, in order. `frozen: true` stops it there, `false` lets it run on; by default a frozen clock
 * stays frozen and a running one keeps running.
 */
export function moveClock(world: World, input: Record<string, unknown>) {
  const { clock } = world;
  const isFrozen = typeof input.frozen === 'boolean' ? input.frozen : clock.mode.kind === 'frozen';
  const target = targetMs(clock.nowMs(), input);
  const steps = target > clock.nowMs() ? world.runDue(Math.floor(target / 1000)) : 0;
  clock.moveTo(target, isFrozen);
  keepMode(world, clock.mode);
  return { ...clockState(world), dueActions: steps };
}

function targetMs(nowMs: number, input: Record<string, unknown>): number {
  if (typeof input.advanceSeconds === 'number' && Number.isFinite(input.advanceSeconds))
    return nowMs + input.advanceSeconds * 1000;
  if (typeof input.now === 'number') return input.now * 1000;
  if (typeof input.now === 'string' && !Number.isNaN(Date.parse(input.now))) return Date.parse(input.now);
  if (typeof input.frozen === 'boolean') return nowMs;
  throw new RangeError('give { now } as ISO 8601 or seconds, or { advanceSeconds }');
}

/** Back to real time; what fell due in between is done first. */
export function releaseClock(world: World) {
  const real = Date.now();
  const steps = real > world.clock.nowMs() ? world.runDue(Math.floor(real / 1000)) : 0;
  world.clock.setMode({ kind: 'real' });
  keepMode(world, { kind: 'real' });
  return { ...clockState(world), dueActions: steps };
}

function keepMode(world: World, mode: ClockMode): void {
  world.store.put('setting', { id: 'clock', object: 'setting', value: mode });
}
