import type {
  AdminOrganization,
  AdminOrganizationRow,
  Email,
  FlagDetail,
  Health,
  InboundEvent,
  InboundEventDetail,
  OutboxMessage,
  Receipt,
} from '../src/app/views.ts';
import { subscriptions } from './billing-fixtures.ts';
import { daysAgo, daysAhead, minutesAgo } from './dates.ts';
import { organization } from './organization-fixtures.ts';

const names = [
  'Acme Agency',
  'Beta Robotics',
  'Contour Studio',
  'Delta Dental Group',
  'Evergreen Leads',
  'Foxglove Media',
  'Granite Voice',
  'Harbor & Sons',
  'Ikigai KK',
  'Juniper Health',
];

export const organizationRows: AdminOrganizationRow[] = names.map((name, index) => ({
  id: `org_0190a5c8d7e17d3ab1c2d3e4f5a6b7${index}0`,
  slug: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  name,
  email: `billing@${name.toLowerCase().split(' ')[0]}.example`,
  plans: index === 9 ? [] : plansOf(index),
  mrr: index === 9 ? [] : [mrrOf(index)],
  pastDueSince: isPastDue(index) ? daysAgo(8 + index) : null,
  worstLimitPercent: index === 9 ? null : String(112 - index * 11),
  owner: 'Maria Lopez',
  createdAt: daysAgo(220 - index * 18),
}));

function isPastDue(index: number): boolean {
  return index === 0 || index === 3;
}

function plansOf(index: number): AdminOrganizationRow['plans'] {
  const status = isPastDue(index) ? 'past_due' : index === 5 ? 'trialing' : 'active';
  const access = index === 3 ? 'restricted' : 'full';
  const agency = { family: 'agency', plan: 'agency', status, access } as const;
  if (index % 3 !== 0) return [agency];
  return [agency, { family: 'voice-ops', plan: 'business', status: 'active', access: 'full' }];
}

function mrrOf(index: number): AdminOrganizationRow['mrr'][number] {
  if (index === 8) return { currency: 'JPY', amountMinor: '14800' };
  return { currency: 'USD', amountMinor: String(39300 + index * 4900) };
}

export const adminOrganization: AdminOrganization = {
  organization,
  owners: [{ name: 'Maria Lopez', email: 'maria@acme.example' }],
  subscriptions,
  mrr: [{ currency: 'USD', amountMinor: '54200' }],
  timeline: [
    {
      at: minutesAgo(34),
      kind: 'event',
      text: 'invoice.payment_failed processed',
      link: '/admin/events/evt_0',
    },
    { at: minutesAgo(38), kind: 'money', text: 'Card retry 2 declined for INV-0042 ($249.00)', link: null },
    {
      at: daysAgo(1),
      kind: 'staff',
      text: 'Dana Fox raised the calls limit to 2,000 until 30 Nov',
      link: null,
    },
    { at: daysAgo(2), kind: 'member', text: 'Maria Lopez changed Voice Pro to Voice Business', link: null },
    {
      at: daysAgo(9),
      kind: 'access',
      text: 'Access stays full; restricted from 26 Nov unless paid',
      link: null,
    },
  ],
  flags: [
    { key: 'new-portal', value: true, rule: 'override' },
    { key: 'ai-usage', value: false, rule: 'percentage' },
    { key: 'ledger-v2', value: true, rule: 'plan' },
  ],
};

export const receipts: Receipt[] = Array.from({ length: 8 }, (_, index) => ({
  id: `rcp_0190a5c8d7e17d3ab1c2d3e4f5a6b7c${index}`,
  at: minutesAgo(index * 11 + 2),
  feature: index % 2 === 0 ? 'locations' : 'message',
  operation: index % 2 === 0 ? 'consume' : 'check',
  decision: index % 2 === 0 ? 'blocked' : index === 1 ? 'warned' : 'allowed',
  reason: index % 2 === 0 ? 'limit_reached' : index === 1 ? 'overage' : null,
  quantity: '1',
  used: index % 2 === 0 ? '28' : '8640',
  reserved: '0',
  limit: index % 2 === 0 ? '25' : '10000',
  planVersion: 'agency@3',
  client: index % 2 === 0 ? null : { id: 'cli_0190a5c8d7e17d3ab1c2d3e4f5a6b7c1', name: 'Northwind Dental' },
  subject: index % 2 === 0 ? null : `conversation-${index}`,
  evidence: {
    access: 'full',
    subscriptionStatus: 'active',
    onLimit: index % 2 === 0 ? 'block' : 'overage',
    overrides: [],
    periodStart: daysAgo(12),
    quantities: { clients: 5, seats: 0 },
    entitlementsAsOf: minutesAgo(index * 11 + 2),
    ...(index % 2 === 0
      ? {}
      : {
          clientLimit: { limit: '2000', used: '812', reserved: '40' },
          budgets: [
            {
              client: null,
              amountMinor: '50000',
              currency: 'USD',
              onReached: 'block' as const,
              costMinor: '12180',
              costAfterMinor: '12181',
              isReached: false,
            },
          ],
        }),
  },
}));

export const flags: FlagDetail[] = [
  ['ai-usage', 'Shows model usage beside calls', '25.00', true, false, 2],
  ['new-portal', 'The new client portal', '0', true, false, 7],
  ['ledger-v2', 'Second ledger, double entry', '100.00', true, false, 0],
  ['bulk-replay', 'Replay many events at a chosen rate', '0', false, false, 0],
  ['fax-bridge', 'Old fax gateway', '10.00', true, true, 1],
].map(([key, description, percent, isEnabled, isKilled, overrides], index) => ({
  key: String(key),
  description: String(description),
  kind: 'boolean',
  variants: [],
  defaultValue: false,
  isEnabled: isEnabled === true,
  isKilled: isKilled === true,
  rolloutPercent: String(percent),
  rules:
    index === 2
      ? [{ kind: 'plan', family: 'voice-ops', plans: ['business', 'enterprise'], value: true }]
      : [],
  owner: index === 4 ? '@nobody' : '@billing',
  expiresAt: index === 4 ? daysAgo(30) : daysAhead(70),
  version: 12 - index,
  overrideCount: Number(overrides),
  updatedAt: daysAgo(index * 40 + 2),
  overrides: Array.from({ length: Math.min(2, Number(overrides)) }, (_, row) => ({
    organization: {
      id: `org_${row}`,
      slug: row === 0 ? 'acme' : 'beta-robotics',
      name: row === 0 ? 'Acme Agency' : 'Beta Robotics',
    },
    value: true,
    reason: 'Design partner',
    expiresAt: daysAhead(41),
    createdBy: 'Dana Fox',
    createdAt: daysAgo(12),
  })),
  history: [
    {
      version: 12 - index,
      at: daysAgo(2),
      actor: 'Dana Fox',
      reason: 'Widen after 48 h clean',
      content: { rolloutPercent: percent },
    },
    {
      version: 11 - index,
      at: daysAgo(9),
      actor: 'Dana Fox',
      reason: 'First ten percent',
      content: { rolloutPercent: '10.00' },
    },
  ],
}));

const eventTypes = [
  'invoice.payment_failed',
  'invoice.paid',
  'customer.updated',
  'customer.subscription.updated',
  'checkout.session.completed',
  'invoice.finalized',
  'payment_method.attached',
  'charge.refunded',
];

const unusual: Readonly<Record<number, Partial<InboundEvent>>> = {
  0: {
    status: 'failed',
    attempts: 3,
    lagMs: null,
    lastError: 'Stripe did not answer within 10 s',
    processedAt: null,
  },
  6: { status: 'ignored', organization: null },
  7: {
    status: 'dead',
    attempts: 8,
    lagMs: null,
    lastError: 'Charge belongs to no known invoice',
    processedAt: null,
  },
};

export const events: InboundEvent[] = eventTypes.map((type, index) => ({
  id: `evt_${index}`,
  externalId: `evt_1QmX2aLw9${index}`,
  type,
  status: 'processed',
  organization:
    index % 2 === 0
      ? { id: 'org_a', slug: 'acme', name: 'Acme Agency' }
      : { id: 'org_a', slug: 'beta-robotics', name: 'Beta Robotics' },
  attempts: 1,
  lagMs: 420 + index * 260,
  objectId: `in_1Qm${index}`,
  lastError: null,
  receivedAt: minutesAgo(index * 23 + 3),
  processedAt: minutesAgo(index * 23 + 2.9),
  ...unusual[index],
}));

export function eventDetail(id: string): InboundEventDetail {
  const row = events.find((candidate) => candidate.id === id) ?? events[0];
  if (row === undefined) throw new Error('fixtures have an event');
  return {
    ...row,
    payload: {
      id: row.externalId,
      type: row.type,
      livemode: false,
      data: {
        object: {
          id: row.objectId,
          amount_due: 24900,
          currency: 'usd',
          attempt_count: 2,
          customer_email: '***',
          payment_method: 'pm_***',
        },
      },
    },
    effect: row.status === 'processed' ? { invoice: { status: ['open', 'paid'] } } : null,
    history: Array.from({ length: Math.min(3, row.attempts) }, (_, index) => ({
      attempt: index + 1,
      startedAt: minutesAgo(40 - index * 8),
      finishedAt: minutesAgo(39.8 - index * 8),
      outcome: row.lastError === null ? 'processed' : 'failed',
      error: row.lastError,
      durationMs: row.lastError === null ? 84 : 10_004,
    })),
    conflict: null,
    sameObject: [{ id: 'evt_5', type: 'invoice.finalized', receivedAt: daysAgo(9), status: 'processed' }],
  };
}

const messageBase: OutboxMessage = {
  id: 'out_0',
  organization: { id: 'org_a', slug: 'acme', name: 'Acme Agency' },
  kind: 'stripe.subscription.change',
  status: 'dead',
  attempts: 1,
  round: 0,
  idempotencyKey: 'stripe.subscription.change:sub_1QmX2aLw9:0190b2f2',
  payload: { stripeSubscriptionId: 'sub_1QmX2aLw9', proration: 'invoice_now' },
  lastError: 'STRIPE_REQUEST_REFUSED: Your card was declined.',
  createdAt: minutesAgo(38),
  doneAt: null,
  obstacle: null,
};
export const messages: OutboxMessage[] = [
  messageBase,
  {
    ...messageBase,
    id: 'out_1',
    kind: 'stripe.subscription.cancel',
    lastError: 'STRIPE_REQUEST_REFUSED: No such subscription.',
    obstacle: 'Something newer was decided since, which this message would undo. Dismiss it.',
  },
  { ...messageBase, id: 'out_2', status: 'failed', lastError: 'STRIPE_UNAVAILABLE: no answer in 5 s' },
  {
    ...messageBase,
    id: 'out_3',
    status: 'done',
    kind: 'stripe.meter_event',
    lastError: null,
    doneAt: minutesAgo(60),
  },
];

export const health: Health = {
  asOf: minutesAgo(0.3),
  tiles: [
    {
      key: 'event_lag',
      name: 'Event lag p95',
      state: 'ok',
      value: '1.8 s',
      slo: '≤ 5 s',
      detail: '412 events in 24 h',
    },
    { key: 'queue', name: 'Queue depth', state: 'ok', value: '3', slo: '≤ 100', detail: 'Oldest 4 s' },
    {
      key: 'dead',
      name: 'Dead events',
      state: 'failing',
      value: '1',
      slo: '0',
      detail: 'charge.refunded, 2 h ago',
    },
    {
      key: 'ingest',
      name: 'Ingest delay',
      state: 'ok',
      value: '0.4 s',
      slo: '≤ 2 s',
      detail: '1,204 events per minute',
    },
    {
      key: 'drift',
      name: 'Drift',
      state: 'warning',
      value: '1 field',
      slo: '0',
      detail: 'Acme Agency: quantity',
    },
    {
      key: 'stripe',
      name: 'Stripe API',
      state: 'ok',
      value: '182 ms',
      slo: '≤ 800 ms',
      detail: 'p95 of one hour',
    },
    { key: 'outbox', name: 'Outbox', state: 'ok', value: '0', slo: '≤ 50', detail: 'Nothing waits' },
    {
      key: 'database',
      name: 'Database',
      state: 'ok',
      value: '4 ms',
      slo: '≤ 50 ms',
      detail: '12 of 40 connections',
    },
    {
      key: 'schedules',
      name: 'Schedules',
      state: 'unknown',
      value: '—',
      slo: 'each within 2×',
      detail: 'No run seen since the start',
    },
  ],
};

export const emails: Email[] = [
  {
    id: 'eml_1',
    to: 'maria@acme.example',
    template: 'payment_failed',
    subject: 'Payment of $249.00 failed',
    text: 'The bank declined Visa 4242.\n\nPay now: https://console.example/acme/billing/invoices/inv_1',
    html: '',
    status: 'sent',
    createdAt: minutesAgo(34),
  },
  {
    id: 'eml_2',
    to: 'lee@acme.example',
    template: 'invitation',
    subject: 'Maria Lopez invites you to Acme Agency',
    text: 'Accept: https://console.example/invitations/abc',
    html: '',
    status: 'sent',
    createdAt: daysAgo(2),
  },
  {
    id: 'eml_3',
    to: 'ops@beta.example',
    template: 'limit_warning',
    subject: 'Messages reached 80 %',
    text: '8,000 of 10,000 used.',
    html: '',
    status: 'failed',
    createdAt: daysAgo(3),
  },
];
