import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startTrialApi, type TrialApi } from './trial-api.ts';
import { startTrialDatabase, type TrialDatabase, type TrialDatabaseOptions } from './trial-database.ts';
import { startTrialEmulator, type TrialEmulator } from './trial-emulator.ts';

export interface Trial {
  database: TrialDatabase;
  dataDir: string;
  /** A platform key with every scope the trials need. */
  key: string;
  /** Organization with the external id `acme`. */
  organizationId: string;
  /** `--long`: the numbers of the promise instead of a sample of them. */
  isLong: boolean;
  startApi(settings?: Readonly<Record<string, string>>): Promise<TrialApi>;
  /** The settings of an API whose clock is to be moved: the emulator's has to move with it. */
  startEmulator(): Promise<Record<string, string>>;
  /** Replaces the limit of a feature. */
  setLimit(feature: string, quantity: number): Promise<void>;
  /** A number of the database; asked again while the server is coming back. */
  count(sql: string, values?: readonly unknown[]): Promise<number>;
  note(text: string): void;
  /** One thing that has to hold. */
  check(what: string, holds: boolean, measured?: unknown): void;
}

/** Runs one promise against a database and processes of its own; the exit code says whether it holds. */
export async function runTrial(
  promise: string,
  work: (trial: Trial) => Promise<void>,
  databaseOptions: TrialDatabaseOptions = {},
): Promise<void> {
  const startedAt = performance.now();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'metergate-trial-'));
  const database = await startTrialDatabase(path.join(dataDir, 'postgres'), databaseOptions);
  const apis: TrialApi[] = [];
  const emulators: TrialEmulator[] = [];
  let failures = 0;
  const { key, organizationId } = await fill(database);
  const trial: Trial = {
    database,
    dataDir,
    key,
    organizationId,
    isLong: process.argv.includes('--long'),
    async startApi(settings) {
      const api = await startTrialApi({ database, dataDir, ...(settings && { settings }) });
      apis.push(api);
      return api;
    },
    async startEmulator() {
      const emulator = await startTrialEmulator();
      emulators.push(emulator);
      return { STRIPE_API_BASE: emulator.url };
    },
    setLimit: (feature, quantity) => setLimit(database, { organizationId, feature, quantity }),
    count: (sql, values) => countWithPatience(database, sql, values ?? []),
    note: (text) => console.log(`  ${text}`),
    check(what, holds, measured) {
      if (!holds) failures += 1;
      const value = measured === undefined ? '' : `: ${measured}`;
      console.log(`${holds ? 'holds ' : 'BROKEN'} ${what}${value}`);
    },
  };
  const end = async () => {
    for (const api of apis) await api.end('SIGKILL');
    for (const emulator of emulators) emulator.end();
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  // Asked to stop, or broken in something that nobody awaits: no server may be left behind.
  let isEnding = false;
  const breakOff = (cause: unknown) => {
    if (!isEnding) {
      isEnding = true;
      console.error(cause);
      void end().finally(() => process.exit(1));
    }
  };
  for (const event of ['SIGTERM', 'SIGINT', 'uncaughtException'] as const) process.on(event, breakOff);
  console.log(`${promise}${trial.isLong ? ' (long)' : ''}`);
  try {
    await work(trial);
  } catch (error) {
    failures += 1;
    console.error(error);
  } finally {
    await end();
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(failures === 0 ? `${promise}: holds (${seconds} s)` : `${promise}: BROKEN (${seconds} s)`);
  // Kept connections of senders would hold the process for minutes.
  process.exit(failures === 0 ? 0 : 1);
}

const scopes = [
  'usage:write',
  'usage:read',
  'limits:check',
  'limits:consume',
  'entitlements:read',
  'billing:read',
  'billing:write',
];

async function fill({ owner }: TrialDatabase): Promise<{ key: string; organizationId: string }> {
  const key = `mg_${randomBytes(24).toString('base64url')}`;
  const organizationId = randomUUID();
  await owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'acme', 'Acme', 'acme', 'acme@example.com', 'USD')`,
    [organizationId],
  );
  await owner.query(
    `insert into api_keys (id, name, key_hash, key_prefix, scopes)
     values ($1, 'trial', $2, 'mg_', $3)`,
    [randomUUID(), createHash('sha256').update(key).digest(), scopes],
  );
  return { key, organizationId };
}

async function setLimit(
  { owner }: TrialDatabase,
  { organizationId, feature, quantity }: { organizationId: string; feature: string; quantity: number },
): Promise<void> {
  await owner.query(
    `update limit_overrides set ended_at = now() where organization_id = $1 and feature = $2 and ended_at is null`,
    [organizationId, feature],
  );
  await owner.query(
    `insert into limit_overrides (organization_id, id, feature, unlimited, limit_quantity, reason, created_by)
     values ($1, $2, $3, false, $4, 'trial', 'trial')`,
    [organizationId, randomUUID(), feature, quantity],
  );
}

async function countWithPatience(
  { owner }: TrialDatabase,
  sql: string,
  values: readonly unknown[],
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { rows } = await owner.query<Record<string, string>>(sql, [...values]);
      return Number(Object.values(rows[0] ?? {})[0] ?? 0);
    } catch (error) {
      if (attempt >= 20) throw error;
      await sleep(250);
    }
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A whole number from `min` to `max`, both included. */
export function between(min: number, max: number): number {
  return min + Math.floor(Math.random() * (max - min + 1));
}
