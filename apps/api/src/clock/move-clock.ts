import { AppError } from '@metergate/core';
import type { Container } from '../container.ts';
import { stripeApiBase } from '../jobs/background.ts';

/**
 * Moves business time here and at the Stripe emulator together, and keeps the offset for the other processes.
 * The emulator moves first: when it refuses, nothing has changed here.
 */
export async function moveClock(
  container: Pick<Container, 'clock' | 'env' | 'simulatedClock' | 'wake'>,
  now: Date,
): Promise<void> {
  const base = stripeApiBase(container.env);
  if (base !== null) await moveEmulatorClock(base, now);
  container.clock.moveTo(now);
  await container.simulatedClock.save(container.clock.offsetMs);
  container.wake();
}

async function moveEmulatorClock(base: string, now: Date): Promise<void> {
  const response = await fetch(new URL('/_emu/clock', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: now.toISOString() }),
    signal: AbortSignal.timeout(120_000),
  });
  if (response.ok) return;
  throw new AppError({
    code: 'EMULATOR_CLOCK_REFUSED',
    kind: 'conflict',
    message: `emulator answered ${response.status}`,
    userMessage: `The emulator's clock did not move: ${(await response.text()).slice(0, 300)}`,
  });
}
