import { acquireInstanceLock, type InstanceLock } from '../instance/instance-lock.ts';
import { requireFreePort } from '../instance/ports.ts';
import { readSettings, type Settings } from '../instance/settings.ts';
import { RunControl, StopAsked, type StopReason } from './run-control.ts';
import { startAll } from './start-sequence.ts';

export type RunKind = 'start' | 'dev';

/**
 * Runs everything until it is asked to stop or a part of it dies, then stops in reverse order: the API drains, the
 * emulator ends, Postgres goes last. Resolves to the exit code.
 */
export async function runSupervisor(kind: RunKind): Promise<number> {
  const settings = readSettings();
  const lock = await acquireInstanceLock(settings.dataFolder, settings.port);
  const control = new RunControl();
  try {
    const starting = start({ settings, kind, control, lock });
    const reason = await control.stopRequested;
    lock.setPhase('stopping');
    await control.stopAll();
    await starting;
    // Whatever the start sequence had begun in the meantime.
    await control.stopAll();
    return report(reason);
  } finally {
    lock.release();
  }
}

interface Run {
  settings: Settings;
  kind: RunKind;
  control: RunControl;
  lock: InstanceLock;
}

async function start({ settings, kind, control, lock }: Run): Promise<void> {
  try {
    await requireFreePort(settings.port, 'PORT');
    if (settings.usesEmulator) await requireFreePort(settings.emulatorPort, 'STRIPE_EMULATOR_PORT');
    await startAll(settings, kind, control);
    if (!control.isStopping) lock.setPhase('running');
  } catch (error) {
    if (!(error instanceof StopAsked)) control.requestStop({ kind: 'failed', message: describe(error) });
  }
}

/** A known problem is one line; anything else is a defect and keeps its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'StartProblem' ? error.message : (error.stack ?? error.message);
}

function report(reason: StopReason): number {
  if (reason.kind === 'asked') {
    console.error('Stopped.');
    return 0;
  }
  console.error(`\n${reason.message}`);
  return 1;
}
