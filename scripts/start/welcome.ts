import type { Settings } from '../instance/settings.ts';
import type { RunKind } from './supervisor.ts';

const DEV_CONSOLE_PORT = 5173;

export function printWelcome(settings: Settings, kind: RunKind, startMs: number): void {
  const lines = [
    '',
    `Metergate is ready after ${(startMs / 1000).toFixed(1)} s:  ${addressFor(settings, kind)}${onlyHealth(settings)}`,
    ...(settings.usesEmulator
      ? [`Stripe emulator:                http://127.0.0.1:${settings.emulatorPort}/_emu`]
      : []),
    ...(settings.wantsDemo ? demoSignIns : []),
    `State and logs are in ${settings.dataFolder}. Ctrl-C stops everything.`,
  ];
  console.log(lines.join('\n'));
}

function onlyHealth({ environment }: Settings): string {
  return environment.ROLE === 'worker' ? ' (a worker: only /healthz, /readyz and /metrics)' : '';
}

/** Where people open the console. */
export function addressFor(settings: Settings, kind: RunKind): string {
  if (kind === 'dev') return `http://127.0.0.1:${DEV_CONSOLE_PORT}`;
  return settings.environment.PUBLIC_URL ?? `http://127.0.0.1:${settings.port}`;
}

const demoSignIns = [
  'Demo sign-ins, password "demo-metergate":',
  '  owner@demo.test    owner of an organization',
  '  member@demo.test   member of the same organization',
  '  admin@demo.test    platform staff',
];
