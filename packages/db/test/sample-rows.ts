import type pg from 'pg';

/** Appears in every free text of a sample row, so that a leak of any column is found. */
export const canary = 'canary-7f3d';

export type SampleRow = Record<string, unknown>;

const from = '2026-03-01T00:00:00.000Z';
const to = '2026-04-01T00:00:00.000Z';
const hash = Buffer.alloc(32, 1);
const json = JSON.stringify({ text: canary });

/** Ids that tie the sample rows of one organization together; `number` makes them differ between organizations. */
export function sampleIds(number: number) {
  const id = (kind: number) => `00000000-0000-7000-8000-${String(number * 1000 + kind).padStart(12, '0')}`;
  return {
    organization: id(1),
    client: id(2),
    subscription: id(3),
    invoice: id(4),
    line: id(5),
    other: id(6),
  };
}

/** One valid row of every table that holds an organization's data, in an order that satisfies foreign keys. */
export function sampleRows(number: number): [table: string, row: SampleRow][] {
  const ids = sampleIds(number);
  const own = { organization_id: ids.organization };
  const text = `${canary}-${number}`;
  return [
    ...organizationRows(ids, text),
    ...recordRows(ids, text),
    ...subscriptionRows(ids, text),
    ...usageRows(ids, text),
    ...limitRows(ids, text),
    ...invoiceRows(ids, text),
    ...messageRows(ids, text),
    ...deliveryRows(ids, text),
    ['flag_overrides', { ...own, flag_key: 'sample_flag', value: json, reason: text, created_by: text }],
    [
      'view_as_sessions',
      { ...own, id: ids.other, staff_user_id: text, reason: text, ticket: text, expires_at: to },
    ],
  ];
}

/** The platform rows that tenant rows refer to. */
export const platformRows: [table: string, row: SampleRow][] = [
  [
    'flags',
    {
      key: 'sample_flag',
      description: 'x',
      kind: 'boolean',
      variants: '[]',
      default_value: 'false',
      rules: '[]',
      owner: 'x',
    },
  ],
];

/** Writes one row with the given connection and its rights. */
export async function insertRow(
  client: pg.Pool | pg.ClientBase,
  table: string,
  row: SampleRow,
): Promise<void> {
  const columns = Object.keys(row);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await client.query(`insert into ${table} (${names}) values (${places})`, Object.values(row));
}

type Ids = ReturnType<typeof sampleIds>;
type Rows = [table: string, row: SampleRow][];

function organizationRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'organizations',
      {
        id: ids.organization,
        slug: text,
        name: text,
        external_id: text,
        email: text,
        currency: 'EUR',
        stripe_customer_id: text,
      },
    ],
    ['members', { ...own, user_id: text, role: 'owner' }],
    [
      'invitations',
      {
        ...own,
        id: ids.other,
        email: text,
        role: 'member',
        token_hash: hash,
        invited_by: text,
        expires_at: to,
      },
    ],
    ['clients', { ...own, id: ids.client, external_id: text, name: text }],
    [
      'api_keys',
      {
        ...own,
        id: ids.other,
        name: text,
        key_hash: Buffer.from(text.padEnd(32)),
        key_prefix: text,
        scopes: ['usage:write'],
        created_by: text,
      },
    ],
  ];
}

function recordRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    ['idempotency_keys', { ...own, key: text, route: text, request_hash: hash, response: json }],
    ['audit_heads', { ...own, chain_id: ids.organization, sequence: 1, hash }],
    [
      'audit_log',
      {
        ...own,
        chain_id: ids.organization,
        sequence: 1,
        id: ids.other,
        at: from,
        actor: json,
        action: text,
        target_kind: text,
        target_id: text,
        reason: text,
        before: json,
        after: json,
        request_id: text,
        previous_hash: hash,
        hash,
      },
    ],
    [
      'voice_configs',
      { ...own, ai_agent_id: text, translation_from: text, translation_to: text, updated_by: text },
    ],
    [
      'payment_methods',
      {
        ...own,
        id: ids.other,
        stripe_payment_method_id: text,
        brand: text,
        last4: text,
        exp_month: 12,
        exp_year: 2030,
        is_default: true,
      },
    ],
  ];
}

function subscriptionRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'subscriptions',
      {
        ...own,
        id: ids.subscription,
        family: text,
        plan: text,
        plan_version: 1,
        interval: 'month',
        currency: 'EUR',
        status: 'active',
        stripe_subscription_id: text,
        billing_anchor: from,
        current_period_start: from,
        current_period_end: to,
        scheduled_change: json,
        action_url: text,
        stripe_synced_at: from,
      },
    ],
    [
      'subscription_items',
      {
        ...own,
        id: ids.other,
        subscription_id: ids.subscription,
        price_key: text,
        stripe_item_id: text,
        stripe_price_id: text,
        quantity: '1',
        kind: 'seat',
      },
    ],
    [
      'quotes',
      {
        ...own,
        id: ids.other,
        family: text,
        request: json,
        outcome: json,
        due_now_minor: 100,
        currency: 'EUR',
        proration_at: from,
        expires_at: to,
      },
    ],
    [
      'checkout_sessions',
      {
        ...own,
        id: ids.other,
        family: text,
        plan: text,
        interval: 'month',
        stripe_session_id: text,
        url: text,
        expires_at: to,
        request_key: text,
      },
    ],
  ];
}

function usageRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'usage_events',
      {
        ...own,
        id: text,
        payload_hash: hash,
        kind: 'usage',
        meter: text,
        quantity: '1.5',
        occurred_at: from,
        recorded_at: from,
        client_id: ids.client,
        subject: text,
        properties: json,
        source: 'api',
      },
    ],
    [
      'usage_buckets',
      { ...own, meter: text, bucket_start: from, quantity: '1.5', event_count: 1, max_quantity: '1.5' },
    ],
    [
      'rejected_events',
      { ...own, id: ids.other, event_id: text, payload: json, code: text, message: text, received_at: from },
    ],
    [
      'usage_billings',
      {
        ...own,
        id: ids.other,
        subscription_id: ids.subscription,
        feature: text,
        period_start: from,
        period_end: to,
        sequence: 1,
        kind: 'final',
        price_key: text,
        quantity: '1',
        amount_minor: 1,
        currency: 'USD',
        description: text,
        explanation: json,
      },
    ],
    [
      'usage_reports',
      {
        ...own,
        id: ids.other,
        meter: text,
        bucket_start: from,
        bucket_end: to,
        quantity: '1',
        identifier: text,
      },
    ],
  ];
}

function limitRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'limit_overrides',
      {
        ...own,
        id: ids.other,
        feature: text,
        limit_quantity: '5',
        unit_price: text,
        reason: text,
        created_by: text,
      },
    ],
    [
      'limit_counters',
      { ...own, feature: text, window_start: from, window_end: to, used: '1', reserved: '0' },
    ],
    [
      'reservations',
      {
        ...own,
        id: ids.other,
        feature: text,
        meter: text,
        quantity: '1',
        subject: text,
        event_id: text,
        window_start: from,
        expires_at: to,
      },
    ],
    ['gauges', { ...own, feature: text, level: '3', occurred_at: from }],
    [
      'gauge_changes',
      { ...own, id: text, feature: text, delta: '1', level: '3', occurred_at: from, recorded_at: from },
    ],
    [
      'decision_receipts',
      {
        ...own,
        id: ids.other,
        at: from,
        feature: text,
        operation: 'consume',
        decision: 'allowed',
        reason: text,
        quantity: '1',
        used: '1',
        reserved: '0',
        plan_version: text,
        evidence: json,
        subject: text,
      },
    ],
    ['alerts_fired', { ...own, feature: text, window_start: from, threshold: 80, fired_at: from }],
    ['purchase_claims', { ...own, family: text }],
    ['alert_rules', { ...own, feature: text, thresholds: [80], recipients: [text] }],
  ];
}

function invoiceRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'invoices',
      {
        ...own,
        id: ids.invoice,
        stripe_invoice_id: text,
        number: text,
        status: 'open',
        currency: 'EUR',
        subtotal_minor: 100,
        tax_minor: 0,
        total_minor: 100,
        amount_due_minor: 100,
        amount_paid_minor: 0,
        amount_remaining_minor: 100,
        family: text,
        billing_reason: text,
        period_start: from,
        period_end: to,
        last_failure: json,
        hosted_url: text,
        pdf_url: text,
        stripe_created_at: from,
        synced_at: from,
      },
    ],
    [
      'invoice_lines',
      {
        ...own,
        id: ids.line,
        invoice_id: ids.invoice,
        stripe_line_id: text,
        position: 0,
        description: text,
        quantity: '1',
        unit_price: text,
        amount_minor: 100,
        currency: 'EUR',
        period_start: from,
        period_end: to,
        price_key: text,
        meter: text,
        explanation: json,
      },
    ],
    [
      'invoice_events',
      { ...own, id: ids.other, invoice_id: ids.invoice, at: from, kind: text, detail: json },
    ],
    [
      'credit_notes',
      {
        ...own,
        id: ids.other,
        invoice_id: ids.invoice,
        stripe_credit_note_id: text,
        number: text,
        amount_minor: 10,
        currency: 'EUR',
        reason: text,
      },
    ],
    [
      'disputes',
      {
        ...own,
        id: ids.other,
        invoice_id: ids.invoice,
        line_id: ids.line,
        reason: text,
        opened_by: text,
        opened_at: from,
      },
    ],
  ];
}

function messageRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'inbound_events',
      {
        ...own,
        id: ids.other,
        external_id: text,
        type: text,
        livemode: false,
        stripe_created_at: from,
        payload: json,
        payload_hash: hash,
        object_id: text,
        stripe_customer_id: text,
        next_attempt_at: from,
        last_error: text,
        received_at: from,
        effect: json,
      },
    ],
    [
      'outbox',
      {
        ...own,
        id: ids.other,
        kind: text,
        payload: json,
        idempotency_key: text,
        next_attempt_at: from,
        last_error: text,
        result: json,
      },
    ],
  ];
}

function deliveryRows(ids: Ids, text: string): Rows {
  const own = { organization_id: ids.organization };
  return [
    [
      'emails',
      {
        ...own,
        id: ids.other,
        to_address: text,
        template: text,
        subject: text,
        html: text,
        text,
        dedupe_key: text,
      },
    ],
    ['webhook_endpoints', { ...own, id: ids.other, url: text, secret_cipher: text, types: [text] }],
    [
      'webhook_deliveries',
      {
        ...own,
        id: ids.other,
        endpoint_id: ids.other,
        message_id: text,
        type: text,
        payload: json,
        next_attempt_at: from,
      },
    ],
  ];
}
