import { randomUUID } from 'node:crypto';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';

export const at = new Date('2027-03-01T12:14:59.999Z');
export const limit = 5;

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
