import type { LineExplanation } from '../src/app/views.ts';
import { invoice } from './billing-fixtures.ts';
import { usageEvents } from './usage-fixtures.ts';

/** A line of usage that was billed in two steps; every other line stands for itself. */
export function lineExplanation(lineId: string): LineExplanation {
  const { lines } = invoice('inv_1');
  const line = lines.find(({ id }) => id === lineId) ?? lines[0];
  if (line === undefined) throw new Error('fixtures have a line');
  const nothing = { rating: null, days: [], events: [], hasMoreEvents: false, steps: [], ownPrice: null };
  if (line.meter === null) {
    return { line, kind: line.isProration ? 'proration' : 'recurring', formula: ['$98.00'], ...nothing };
  }
  const start = Date.parse(line.period?.start ?? '2026-11-01T00:00:00Z');
  return {
    line,
    kind: 'usage',
    ownPrice: null,
    formula: ['11218 − 10000 included = 1218', '1218 × 0.01 USD = 12.18 USD', '= $12.18'],
    rating: {
      model: 'per_unit',
      currency: 'USD',
      quantity: '11218',
      included: '10000',
      billableQuantity: '1218',
      formula: '1218 × 0.01 USD',
      tiers: [],
      minimum: null,
      isMinimumApplied: false,
      exactAmount: '12.18',
      alreadyBilledMinor: '0',
    },
    days: [4018, 3200, 2500, 1500].map((quantity, day) => ({
      date: new Date(start + day * 2 * 86_400_000).toISOString().slice(0, 10),
      client: day % 2 === 0 ? { id: 'cli_0', name: 'Contoso' } : null,
      quantity: String(quantity),
    })),
    events: usageEvents.map((event) => ({ ...event, client: null })),
    hasMoreEvents: true,
    steps: [
      step('final', '11218', '1218', true),
      { ...step('adjustment', '11248', '30', false), invoice: { id: 'inv_2', number: 'INV-0043' } },
    ],
  };
}

function step(
  ...[kind, quantity, amountMinor, isThisLine]: [
    LineExplanation['steps'][number]['kind'],
    string,
    string,
    boolean,
  ]
): LineExplanation['steps'][number] {
  return { kind, quantity, amountMinor, isThisLine, currency: 'USD', invoice: null };
}
