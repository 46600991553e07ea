import { from, hash, type Ids, json, type Rows, to } from './sample-values.ts';

export function organizationRows(ids: Ids, text: string): Rows {
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
    ['billing_details', { ...own, legal_name: text, email: text, revision: 1, changed_at: from }],
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

export function recordRows(ids: Ids, text: string): Rows {
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
