import type { Drift, DriftFinding, RefusedUsage } from '../src/app/views.ts';
import { minutesAgo, period } from './dates.ts';

const equal = { equal: true, kind: null, cause: null, what: null, next: null } as const;

export const drift: Drift[] = [
  { object: 'subscription sub_1Qagency', field: 'plan', local: 'agency', remote: 'agency', ...equal },
  {
    object: 'subscription sub_1Qagency',
    field: 'items',
    local: 'base × 1, client × 6',
    remote: 'base × 1, client × 7',
    equal: false,
    kind: 'changed_at_stripe',
    cause: null,
    what: 'The terms were changed at Stripe and not through us, and no webhook told it.',
    next: 'Nothing, when it was meant: Stripe counts. Otherwise change it back here.',
  },
  { object: 'subscription sub_1Qagency', field: 'status', local: 'active', remote: 'active', ...equal },
];

export const noDrift: Drift[] = drift.map((row) => ({ ...row, remote: row.local, ...equal }));

const found: DriftFinding = {
  id: 'drf_0190a5c8d7e17d3ab1c2d3e4f5a6b7c0',
  organization: { id: 'org_1', slug: 'northwind', name: 'Northwind' },
  object: 'invoice in_1QabcdEFGH0001',
  kind: 'money',
  label: 'Amounts differ',
  severity: 'critical',
  what: 'The total, tax, currency or lines of a finalized invoice differ, which Stripe never changes. One copy is wrong.',
  next: 'Compare with the document at Stripe. Is ours wrong, resync the organization; did Stripe charge wrongly, issue a credit note.',
  fields: [{ field: 'totalMinor', local: '4900', remote: '5100' }],
  cause: null,
  status: 'open',
  source: 'sweep',
  foundAt: minutesAgo(200),
  lastFoundAt: minutesAgo(20),
  times: 4,
  settledAt: null,
  settledBy: null,
  reason: null,
};

export const driftFindings: DriftFinding[] = [
  found,
  {
    ...found,
    id: 'drf_0190a5c8d7e17d3ab1c2d3e4f5a6b7c1',
    object: 'subscription sub_1QabcdEFGH0002',
    kind: 'changed_at_stripe',
    label: 'Changed at Stripe',
    severity: 'warning',
    what: 'The terms were changed at Stripe and not through us, and no webhook told it.',
    next: 'Nothing, when it was meant: Stripe counts. Otherwise change it back here.',
    fields: [
      { field: 'cancelAt', local: null, remote: period.end },
      { field: 'isCancelAtPeriodEnd', local: 'false', remote: 'true' },
    ],
    status: 'repaired',
    times: 1,
    settledAt: minutesAgo(20),
  },
  {
    ...found,
    id: 'drf_0190a5c8d7e17d3ab1c2d3e4f5a6b7c2',
    organization: {
      id: 'org_2',
      slug: 'verylong',
      name: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk GmbH & Co. KG',
    },
    object: 'subscription sub_1QabcdEFGH0003',
    kind: 'given_up',
    label: 'Something was given up',
    severity: 'warning',
    what: 'A message to Stripe was given up after its last attempt, so what it should change is not changed there.',
    next: 'Send it again under Messages to Stripe, or dismiss it.',
    fields: [
      {
        field: 'items',
        local: 'base × 1, client × 1000000, message-overage-with-a-very-long-component-name × 123456789',
        remote: 'base × 1, client × 999999',
      },
    ],
    cause: 'stripe.subscription.change:sub_1QabcdEFGH0003:0190b2f2-aaaa-bbbb-cccc-ddddeeeeffff',
    times: 1204,
  },
  {
    ...found,
    id: 'drf_0190a5c8d7e17d3ab1c2d3e4f5a6b7c3',
    kind: 'missing_here',
    label: 'Missing here',
    severity: 'warning',
    what: 'Stripe has it and we do not.',
    next: 'Resync the organization.',
    status: 'accepted',
    times: 2,
    settledAt: minutesAgo(60),
    settledBy: 'Dana Fox',
    reason: 'Made by hand at Stripe for the trade fair; it is void there.',
  },
];

/** Counted over everything, as the tabs and the filter show it. */
export function driftCounts(rows: readonly DriftFinding[]) {
  const countBy = (field: 'status' | 'kind') =>
    Object.fromEntries(
      [...Map.groupBy(rows, (row) => row[field])].map(([value, some]) => [value, some.length]),
    );
  return { counts: countBy('status'), kinds: countBy('kind') };
}

export const refusedUsage: RefusedUsage[] = [
  {
    id: 'urp_0190a5c8d7e17d3ab1c2d3e4f5a6b7d1',
    meter: 'lead_qualified',
    hour: { start: minutesAgo(180), end: minutesAgo(120) },
    quantity: '42.5',
    code: 'meter_event_customer_not_found',
    reason: 'the customer is unknown',
    refusedAt: minutesAgo(100),
    state: 'waiting',
  },
  {
    id: 'urp_0190a5c8d7e17d3ab1c2d3e4f5a6b7d2',
    meter: 'lead_qualified',
    hour: { start: minutesAgo(60 * 24 * 40), end: minutesAgo(60 * 24 * 40 - 60) },
    quantity: '7',
    code: 'archived_meter',
    reason: 'the meter is archived',
    refusedAt: minutesAgo(60 * 24 * 40 - 90),
    state: 'settled',
  },
];
