import { from, hash, type Ids, json, type Rows, to } from './sample-values.ts';

export function subscriptionRows(ids: Ids, text: string): Rows {
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
      'own_prices',
      {
        ...own,
        id: ids.other,
        family: text,
        plan: text,
        component: text,
        interval: 'month',
        currency: 'USD',
        unit_price: '1',
        reason: text,
        created_by: text,
        created_at: new Date(0),
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

export function invoiceRows(ids: Ids, text: string): Rows {
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

export function messageRows(ids: Ids, text: string): Rows {
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
      'drift_findings',
      {
        ...own,
        id: ids.other,
        object: text,
        kind: 'stale',
        fields: '[]',
        status: 'repaired',
        source: 'sweep',
        found_at: from,
        last_found_at: from,
        settled_at: to,
        settled_by: text,
        reason: text,
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

export function deliveryRows(ids: Ids, text: string): Rows {
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
    ['webhook_messages', { ...own, id: ids.other, type: text, fact: text, data: json, occurred_at: from }],
    [
      'webhook_deliveries',
      {
        ...own,
        id: ids.other,
        endpoint_id: ids.other,
        about_organization_id: ids.organization,
        message_id: ids.other,
        type: text,
        next_attempt_at: from,
        created_at: from,
      },
    ],
    ['webhook_attempts', { ...own, delivery_id: ids.other, attempt: 1, started_at: from, duration_ms: 1 }],
  ];
}
