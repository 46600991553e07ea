import {
  type GaugeCommand,
  type GaugeStore,
  noLevels,
  type Settled,
  type Verdict,
} from '@metergate/core/limits/limits.ports';
import { addQuantities, compareQuantities, subtractQuantities } from '@metergate/core/shared/money/quantity';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { canonical } from './decimal-text.ts';
import { JoinedReads } from './joined-reads.ts';
import { derivedId, insertReceipts } from './receipt-rows.ts';

export interface GaugeStoreOptions {
  pool: pg.Pool;
  nextId: () => string;
  /** When a change arrives, whenever it is said to have happened. */
  now: () => Date;
  /** Around each joined read, once for all who share it. */
  around?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Levels kept as one row per feature and an append-only history; every change locks its row. */
export function createGaugeStore(options: GaugeStoreOptions): GaugeStore {
  const { around = (work) => work() } = options;
  const reads = new JoinedReads<ReadonlyMap<string, string>>();
  const levels = (organizationId: string) =>
    reads.read(organizationId, () => around(() => readLevels(options.pool, organizationId)));
  return {
    level: async (organizationId, feature) => (await levels(organizationId)).get(feature) ?? '0',
    levels,
    apply: (command) =>
      inIngestTransaction(
        options.pool,
        { organizationIds: [command.organizationId], counterLock: 'none' },
        (client) => applyChange(client, options, command),
      ),
  };
}

async function readLevels(pool: pg.Pool, organizationId: string): Promise<Map<string, string>> {
  const scope = { organizationIds: [organizationId], counterLock: 'none' } as const;
  return await inIngestTransaction(pool, scope, async (client) => {
    const { rows } = await client.query<{ feature: string; level: string }>({
      name: 'gauge_levels',
      text: 'select feature, level from gauges where organization_id = $1',
      values: [organizationId],
    });
    return new Map(rows.map(({ feature, level }) => [feature, canonical(level)]));
  });
}

interface LockedGauge {
  level: string;
  occurredAt: Date;
}

async function applyChange(
  client: pg.ClientBase,
  options: GaugeStoreOptions,
  command: GaugeCommand,
): Promise<Settled> {
  const gauge = await lockGauge(client, command);
  if (await isRepeated(client, command))
    return settled(command, { decision: 'allowed', reason: null }, gauge.level);
  const verdict = verdictOf(command, gauge);
  const isGranted = verdict.decision !== 'blocked';
  const level = isGranted ? levelAfter(command, gauge) : gauge.level;
  const receiptId = isGranted ? grantedReceiptId(command) : options.nextId();
  if (isGranted) await writeChange(client, command, { gauge, level, recordedAt: options.now() });
  if (command.terms !== null) {
    const levels = { used: gauge.level, reserved: '0' };
    await insertReceipts(client, [{ id: receiptId, terms: command.terms, verdict, levels }]);
  }
  return { ...settled(command, verdict, level), receiptId };
}

function verdictOf(command: GaugeCommand, gauge: LockedGauge): Verdict {
  if (command.decide === undefined || command.change.kind !== 'take')
    return { decision: 'allowed', reason: null };
  return command.decide({ used: gauge.level, reserved: '0' }, command.change.quantity, () => noLevels);
}

/** Giving back more than is taken ends at zero. A report older than the last one is kept in the history only. */
function levelAfter({ change, occurredAt }: GaugeCommand, gauge: LockedGauge): string {
  if (change.kind === 'set') return occurredAt < gauge.occurredAt ? gauge.level : change.level;
  if (change.kind === 'take') return addQuantities(gauge.level, change.quantity);
  return compareQuantities(change.quantity, gauge.level) >= 0
    ? '0'
    : subtractQuantities(gauge.level, change.quantity);
}

async function lockGauge(client: pg.ClientBase, command: GaugeCommand): Promise<LockedGauge> {
  const key = [command.organizationId, command.feature];
  await client.query(
    `insert into gauges (organization_id, feature, level, occurred_at) values ($1, $2, 0, 'epoch')
     on conflict (organization_id, feature) do nothing`,
    key,
  );
  const { rows } = await client.query<{ level: string; occurred_at: Date }>(
    'select level, occurred_at from gauges where organization_id = $1 and feature = $2 for update',
    key,
  );
  const row = rows[0];
  if (row === undefined) throw new Error('a gauge that was just made is missing');
  return { level: canonical(row.level), occurredAt: row.occurred_at };
}

async function isRepeated(client: pg.ClientBase, command: GaugeCommand): Promise<boolean> {
  const { rows } = await client.query<StoredChange>(
    'select feature, delta, level from gauge_changes where organization_id = $1 and id = $2',
    [command.organizationId, command.changeId],
  );
  const first = rows[0];
  if (first !== undefined && !isAboutTheSame(command, first)) throw usageRejected('USAGE_EVENT_ID_REUSED');
  return first !== undefined;
}

interface StoredChange {
  feature: string;
  delta: string | null;
  level: string;
}

function isAboutTheSame({ feature, change }: GaugeCommand, first: StoredChange): boolean {
  if (first.feature !== feature) return false;
  const delta = deltaOf(change);
  if (delta === null || first.delta === null)
    return delta === first.delta && change.kind === 'set' && canonical(first.level) === change.level;
  return canonical(first.delta) === canonical(delta);
}

/** null = a report of the level. */
function deltaOf(change: GaugeCommand['change']): string | null {
  if (change.kind === 'set') return null;
  return change.kind === 'take' || change.quantity === '0' ? change.quantity : `-${change.quantity}`;
}

async function writeChange(
  client: pg.ClientBase,
  command: GaugeCommand,
  result: { gauge: LockedGauge; level: string; recordedAt: Date },
): Promise<void> {
  const { organizationId, feature, change, occurredAt } = command;
  const recordedAt = result.recordedAt.toISOString();
  const reported = change.kind === 'set' ? change.level : result.level;
  const { rowCount } = await client.query(
    `insert into gauge_changes (organization_id, id, feature, delta, level, occurred_at, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (organization_id, id) do nothing`,
    [
      organizationId,
      command.changeId,
      feature,
      deltaOf(change),
      reported,
      occurredAt.toISOString(),
      recordedAt,
    ],
  );
  // Our lock is on one feature: somebody has taken the id for another one since we looked.
  if (rowCount === 0) throw usageRejected('USAGE_EVENT_ID_REUSED');
  const latest = new Date(Math.max(occurredAt.getTime(), result.gauge.occurredAt.getTime()));
  await client.query(
    'update gauges set level = $3, occurred_at = $4, updated_at = $5 where organization_id = $1 and feature = $2',
    [organizationId, feature, result.level, latest.toISOString(), recordedAt],
  );
}

function settled(command: GaugeCommand, verdict: Verdict, level: string): Settled {
  const quantity = command.change.kind === 'set' ? command.change.level : command.change.quantity;
  const limit = command.terms?.limit ?? null;
  const receiptId = grantedReceiptId(command);
  return { ...verdict, receiptId, levels: { used: level, reserved: '0' }, limit, quantity };
}

function grantedReceiptId({ organizationId, changeId }: GaugeCommand): string {
  return derivedId(organizationId, 'gauge', changeId);
}
