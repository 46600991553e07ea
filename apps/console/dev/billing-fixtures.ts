import type {
  BillingSummary,
  CheckoutReturn,
  CostDays,
  Invoice,
  InvoiceRow,
  Notice,
  PaymentMethod,
  Quote,
  Subscription,
  Upcoming,
} from '../src/app/views.ts';
import { daysAgo, daysAhead, minutesAgo, monthsBack, period, periodStart } from './dates.ts';

const allowed = { allowed: true, reason: null };
const refused = (reason: string) => ({ allowed: false, reason });

export function billingSummary(isEmpty: boolean): BillingSummary {
  return {
    snapshotId: '01KA9F3M7Q',
    asOf: minutesAgo(0.6),
    period,
    timeZone: 'Europe/Berlin',
    cost: isEmpty
      ? []
      : [
          {
            currency: 'USD',
            toDateMinor: '41218',
            recurringMinor: '39300',
            usageMinor: '1918',
            forecastMinor: '65500',
            forecastLowMinor: '61500',
            forecastHighMinor: '69500',
            forecastFrom: null,
            previousSameDayMinor: '37418',
          },
        ],
    notices: [],
  };
}

export function costDays(isEmpty: boolean): CostDays {
  const dayMs = 86_400_000;
  const length = isEmpty ? 0 : 30;
  const days = Array.from({ length }, (_, n) => {
    const endedAt = new Date(Math.floor(Date.now() / dayMs) * dayMs - (length - 1 - n) * dayMs - dayMs / 24);
    const usageMinor = endedAt < periodStart ? 2600 + n * 40 : (n % 30) * 64;
    return {
      day: endedAt.toISOString().slice(0, 10),
      endedAt: endedAt.toISOString(),
      takenAt: new Date(endedAt.getTime() + 900_000).toISOString(),
      currency: 'USD',
      recurringMinor: '39300',
      usageMinor: String(usageMinor),
      toDateMinor: String(39_300 + usageMinor),
    };
  });
  return { timeZone: 'Europe/Berlin', days };
}

export const pastDue: Notice = {
  kind: 'past_due',
  severity: 'danger',
  text: '$249.00 for INV-0042 failed on 12 Nov (card declined). We retry on 22 Nov; on 26 Nov sending stops, your data stays.',
  action: { label: 'Pay $249.00', to: '/acme/billing/invoices/inv_1' },
};

export const closed: Notice = {
  kind: 'closed',
  severity: 'danger',
  text: 'This organization is closed: nothing is granted or bought here any more. Usage and invoices stay readable; to go on, use another organization.',
  action: { label: 'See invoices', to: '/acme/billing/invoices' },
};

export const notices: Notice[] = [
  {
    kind: 'limit_blocked',
    severity: 'warning',
    text: 'Locations are at 112 % of the plan. No further locations can be added until you free some or upgrade.',
    action: { label: 'See plans', to: '/acme/billing/plans' },
  },
  {
    kind: 'limit_warning',
    severity: 'warning',
    text: 'Messages reached 86 % of what is included. Beyond it each costs $0.01.',
    action: { label: 'See limits', to: '/acme/billing/limits' },
  },
  {
    kind: 'card_expiring',
    severity: 'info',
    text: 'Visa 4242 expires on 30 Nov.',
    action: { label: 'Update card', to: '/acme/billing/payment' },
  },
];

export const subscriptions: Subscription[] = [
  {
    id: 'sub_1',
    family: 'agency',
    plan: 'agency',
    basePlan: 'agency',
    planName: 'Agency',
    planVersion: 3,
    interval: 'month',
    currency: 'USD',
    status: 'active',
    access: 'full',
    currentPeriod: period,
    trialEndsAt: null,
    cancelAt: null,
    canceledAt: null,
    pausedAt: null,
    collectionPause: null,
    pastDueSince: null,
    nextAccessStep: null,
    scheduledChange: null,
    items: [
      { priceKey: 'agency_base', kind: 'base', description: 'Agency plan', quantity: null, price: null },
      {
        priceKey: 'agency_client',
        kind: 'addon',
        description: 'Client',
        quantity: '6',
        price: { unitPrice: '49', planPrice: '49', nextUnitPrice: '39.5' },
      },
    ],
    discounts: [],
    actionUrl: null,
    recurring: { amountMinor: '39300', currency: 'USD' },
    can: {
      changePlan: allowed,
      cancel: allowed,
      resume: refused('The subscription is not ending.'),
      pause: allowed,
      undoScheduledChange: refused('Nothing is scheduled.'),
    },
  },
  {
    id: 'sub_2',
    family: 'voice-ops',
    plan: 'business',
    basePlan: 'business',
    planName: 'Voice Business',
    planVersion: 1,
    interval: 'month',
    currency: 'USD',
    status: 'active',
    access: 'full',
    currentPeriod: period,
    trialEndsAt: null,
    cancelAt: null,
    canceledAt: null,
    pausedAt: null,
    collectionPause: null,
    pastDueSince: null,
    nextAccessStep: null,
    scheduledChange: {
      plan: 'pro',
      planName: 'Voice Pro',
      interval: 'month',
      quantity: null,
      at: period.end,
    },
    items: [
      {
        priceKey: 'voice_business',
        kind: 'base',
        description: 'Voice Business',
        quantity: null,
        price: null,
      },
    ],
    discounts: [],
    actionUrl: null,
    recurring: { amountMinor: '14900', currency: 'USD' },
    can: {
      changePlan: allowed,
      cancel: allowed,
      resume: refused('The subscription is not ending.'),
      pause: refused('A change is scheduled. Undo it first.'),
      undoScheduledChange: allowed,
    },
  },
];

const statuses = ['open', 'open', 'paid', 'paid', 'paid', 'void', 'draft'] as const;

export const invoices: InvoiceRow[] = statuses.map((status, index) => ({
  id: `inv_${index}`,
  number: status === 'draft' ? null : `INV-00${43 - index}`,
  status,
  isPastDue: index === 1,
  family: index % 2 === 0 ? 'agency' : 'voice-ops',
  currency: 'USD',
  totalMinor: ['41218', '24900', '39300', '40122', '38999', '4900', '1918'][index] ?? '0',
  amountDueMinor: status === 'open' ? (['41218', '24900'][index] ?? '0') : '0',
  amountRemainingMinor: status === 'open' ? (['41218', '24900'][index] ?? '0') : '0',
  period: monthsBack(index),
  issuedAt: status === 'draft' ? null : daysAgo(2 + index * 30),
  dueAt: status === 'draft' ? null : daysAgo(index * 30 - 12),
  paidAt: status === 'paid' ? daysAgo(1 + index * 30) : null,
  hostedUrl: 'https://pay.example/inv',
  createdAt: daysAgo(2 + index * 30),
}));

export function invoice(id: string): Invoice {
  const row = invoices.find((candidate) => candidate.id === id) ?? invoices[0];
  if (row === undefined) throw new Error('fixtures have an invoice');
  const line = (
    ...[index, description, amountMinor, more = {}]: [
      index: number,
      description: string,
      amountMinor: string,
      more?: Partial<Invoice['lines'][number]>,
    ]
  ): Invoice['lines'][number] => ({
    id: `line_${index}`,
    description,
    quantity: null,
    unitPrice: null,
    amountMinor,
    currency: 'USD',
    period: row.period,
    isProration: false,
    meter: null,
    client: null,
    hasExplanation: false,
    ...more,
  });
  return {
    ...row,
    refundedMinor: '0',
    creditedMinor: '0',
    bridge: null,
    subtotalMinor: '20924',
    taxMinor: '3976',
    amountPaidMinor: '0',
    attemptCount: row.isPastDue ? 2 : 0,
    nextAttemptAt: row.isPastDue ? daysAhead(2) : null,
    lastFailure: row.isPastDue ? { code: 'card_declined', message: 'The bank declined the card.' } : null,
    stripeInvoiceId: 'in_1QmX2aLw9',
    lines: [
      line(1, 'Agency plan', '9900', { quantity: '1', unitPrice: '99' }),
      line(2, 'Client add-on', '9800', {
        quantity: '2',
        unitPrice: '49',
        client: { id: 'cli_0', name: 'Contoso' },
      }),
      line(3, 'Messages beyond included', '1218', {
        quantity: '1218',
        unitPrice: '0.01',
        meter: 'message',
        hasExplanation: true,
      }),
      line(4, 'Unused time on Voice Pro', '-633', { isProration: true }),
      line(5, 'Words, per word pro rata', '639', {
        quantity: '6390',
        unitPrice: '0.001',
        meter: 'stt_words',
      }),
    ],
    timeline: [
      { at: daysAgo(9), kind: 'finalized', text: 'Invoice finalized' },
      { at: daysAgo(9), kind: 'payment_failed', text: 'Visa 4242 declined by the bank' },
      { at: daysAgo(6), kind: 'payment_failed', text: 'Second attempt declined' },
    ],
    can: {
      pay: row.status === 'open' ? allowed : refused('Nothing is due.'),
      download: row.status === 'draft' ? refused('A draft has no document yet.') : allowed,
      dispute: allowed,
    },
  };
}

export const upcoming: Upcoming[] = [
  {
    at: period.end,
    currency: 'USD',
    totalMinor: '65500',
    lines: [
      { description: 'Agency plan', amountMinor: '9900' },
      { description: 'Clients (6)', amountMinor: '29400' },
      { description: 'Messages beyond included', amountMinor: '26200' },
    ],
  },
];

export const paymentMethods: PaymentMethod[] = [
  { id: 'pm_1', brand: 'visa', last4: '4242', expMonth: 11, expYear: 2026, isDefault: true, expiry: 'soon' },
  {
    id: 'pm_2',
    brand: 'mastercard',
    last4: '4444',
    expMonth: 4,
    expYear: 2029,
    isDefault: false,
    expiry: 'valid',
  },
];

export function quote(id: string, at: 'now' | 'period_end', planName: string): Quote {
  return {
    id,
    family: 'voice-ops',
    plan: 'enterprise',
    planName,
    interval: 'month',
    quantity: null,
    at,
    effectiveAt: at === 'now' ? minutesAgo(0) : period.end,
    expiresAt: new Date(Date.now() + 581_000).toISOString(),
    currency: 'USD',
    lines:
      at === 'now'
        ? [
            { description: `${planName}, 14–30 Nov (17 of 30 days)`, amountMinor: '11333' },
            { description: 'Unused Voice Business, 14–30 Nov', amountMinor: '-5667' },
            { description: 'Tax 19 %', amountMinor: '1206' },
            { description: 'Credit balance', amountMinor: '-1005' },
          ]
        : [],
    dueNowMinor: at === 'now' ? '5867' : '0',
    nextInvoice: { at: period.end, amountMinor: '20000' },
    gains: ['5,000 messages more each month (you used 3,900)', 'Single sign-on'],
    losses: at === 'now' ? [] : ['Translation', 'Voice cloning'],
    conflicts:
      at === 'now'
        ? []
        : [
            {
              code: 'CLIENTS_OVER_PLAN',
              message: '12 clients, the plan allows 10. Choose 2 to pause before the change.',
            },
          ],
  };
}

export function checkoutReturn(state: string): CheckoutReturn {
  const known = ['confirming', 'done', 'needs_action', 'not_paid', 'expired'] as const;
  return {
    state: known.find((candidate) => candidate === state) ?? 'done',
    family: 'voice-ops',
    plan: 'business',
    planName: 'Voice Business',
    subscription: subscriptions[1] ?? null,
    actionUrl: 'https://bank.example/approve',
  };
}
