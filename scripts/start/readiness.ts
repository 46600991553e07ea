import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartProblem } from '../instance/start-problem.ts';

const POLL_MS = 100;

/** Asks until the address answers 2xx, the time is up, or `isOver` says that nobody will answer any more. */
export async function waitUntilReady(url: string, secondsMax: number, isOver: () => boolean): Promise<void> {
  let last = 'no answer';
  for (let waitedMs = 0; waitedMs < secondsMax * 1000 && !isOver(); waitedMs += POLL_MS) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) return;
      last = `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await delay(POLL_MS);
  }
  if (!isOver()) throw new StartProblem(`${url} was not ready after ${secondsMax} s (${last}).`);
}

/** Waits until something accepts connections on the port of this machine. */
export async function waitUntilListening(
  port: number,
  secondsMax: number,
  isOver: () => boolean,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < secondsMax * 1000 && !isOver(); waitedMs += POLL_MS) {
    if (await accepts(port)) return;
    await delay(POLL_MS);
  }
  if (!isOver()) throw new StartProblem(`Nothing listened on port ${port} after ${secondsMax} s.`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
