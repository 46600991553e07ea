import { from, hash, type Ids, json, type Rows, to } from './sample-values.ts';

export function usageRows(ids: Ids, text: string): Rows {
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
    ['usage_reopenings', { ...own, id: ids.other, occurred_from: from, noted_at: from }],
    [
      'subscription_terms',
      {
        ...own,
        subscription_id: ids.subscription,
        effective_at: from,
        plan: text,
        plan_version: 1,
        currency: 'USD',
        billing_anchor: from,
        seats: 1,
        clients: 1,
        is_billable: true,
        recorded_at: from,
      },
    ],
    [
      'usage_proofs',
      {
        ...own,
        subscription_id: ids.subscription,
        meter: text,
        period_start: from,
        period_end: to,
        events_quantity: '1',
        buckets_quantity: '1',
        told_quantity: '1',
        told_source: 'stripe',
        billed_quantity: '1',
        billed_minor: 1,
        invoiced_minor: 1,
        currency: 'USD',
        sequence: 1,
        verdict: 'equal',
        proved_at: from,
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

export function limitRows(ids: Ids, text: string): Rows {
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
    [
      'client_limits',
      { ...own, client_id: ids.client, feature: text, limit_quantity: '5', set_by: text, set_at: from },
    ],
    [
      'budgets',
      {
        ...own,
        amount_minor: 100,
        currency: 'USD',
        period: 'billing_period',
        on_reached: 'alert',
        thresholds: [80],
        set_by: text,
        set_at: from,
      },
    ],
    [
      'budget_alerts',
      {
        ...own,
        window_start: from,
        threshold: 80,
        cost_minor: 80,
        amount_minor: 100,
        currency: 'USD',
        fired_at: from,
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
