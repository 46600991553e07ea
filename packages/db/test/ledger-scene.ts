import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import type { TestDatabase } from '@metergate/testing';
import { createLimitLedger } from '../src/queries/limits/limit-ledger.ts';

export const at = new Date('2027-03-01T12:14:59.999Z');
export const limit = 5;

/** The messages of a new organization in March. */
export async function addMonth(db: TestDatabase): Promise<CounterKey> {
  const organizationId = asId('organization', randomUUID());
  await db.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Acme', 'a@example.com', 'USD')`,
    [organizationId, `o-${organizationId}`],
  );
  const window = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-04-01T00:00:00.000Z') };
  return { organizationId, feature: 'message', window, aggregation: 'sum' };
}

/** As a process of its own has it: with what it foresees for itself. */
export const ledgerOn = ({ database }: TestDatabase) =>
  createLimitLedger({ pool: database.ingest, finder: database.worker, nextId: () => randomUUID() });

/** Takes one of the month, unless five are taken. */
export function consumeOne(
  month: CounterKey,
  id: string = randomUUID(),
  change: Partial<ConsumeCommand> = {},
): ConsumeCommand {
  const key = change.key ?? month;
  const { organizationId, feature } = key;
  const terms = { organizationId, at, feature, quantity: '1', clientId: null, subject: null } as const;
  const draft = { id, meter: feature, quantity: '1', occurredAt: at, clientId: null, subject: null };
  return {
    key,
    others: [],
    entry: {
      organizationId,
      aggregation: 'sum',
      source: 'consume',
      draft: { ...draft, properties: null },
    },
    terms: { ...terms, operation: 'consume', limit: String(limit), planVersion: null, evidence: {} },
    decide: ({ used, reserved }) =>
      Number(used) + Number(reserved) < limit
        ? { decision: 'allowed', reason: null }
        : { decision: 'blocked', reason: 'limit_reached' },
    ...change,
  };
}
