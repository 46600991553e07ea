import { type ChildOptions, startChild } from './child.ts';
import type { RunControl } from './run-control.ts';

const GRACE_MS = 10_000;

/** Runs a program to its end on this terminal, and resolves to its exit code; Ctrl-C stops it. */
export async function runForeground(
  control: RunControl,
  options: Omit<ChildOptions, 'output'>,
): Promise<number> {
  const child = startChild({ ...options, output: { to: 'terminal' } });
  control.register({ name: child.name, stop: () => child.stop(GRACE_MS), kill: child.kill });
  void control.stopRequested.then(() => child.stop(GRACE_MS));
  const { code } = await child.ended;
  return code ?? 1;
}
