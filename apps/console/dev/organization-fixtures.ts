import type {
  ApiKey,
  AuditRow,
  Client,
  Members,
  Organization,
  Session,
  VoiceConfig,
} from '../src/app/views.ts';
import { daysAgo, daysAhead, minutesAgo } from './dates.ts';

export const session: Session = {
  user: { id: 'usr_1', name: 'Maria Lopez', email: 'maria@acme.example', staffRole: 'super_admin' },
  organizations: [
    {
      id: 'org_a',
      slug: 'acme',
      name: 'Acme Agency',
      role: 'owner',
      seesMoney: true,
      mayBuy: true,
      currency: 'USD',
      timeZone: 'Europe/Berlin',
      viewAs: null,
    },
    {
      id: 'org_b',
      slug: 'northwind',
      name: 'Northwind Voice',
      role: 'admin',
      seesMoney: true,
      mayBuy: false,
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      viewAs: null,
    },
    {
      id: 'org_c',
      slug: 'kanda',
      name: 'Kanda Leads',
      role: 'owner',
      seesMoney: true,
      mayBuy: true,
      currency: 'JPY',
      timeZone: 'Asia/Tokyo',
      viewAs: null,
    },
  ],
  lastOrganizationSlug: 'acme',
  stripe: { mode: 'emulator', available: true },
};

export const organization: Organization = {
  id: 'org_0190a5c8d7e17d3ab1c2d3e4f5a6b7c8',
  slug: 'acme',
  name: 'Acme Agency',
  externalId: 'agency-42',
  email: 'billing@acme.example',
  currency: 'USD',
  timeZone: 'Europe/Berlin',
  status: 'active',
  suspendedAt: null,
  stripeCustomerId: 'cus_Q7mX2aLw9',
  families: null,
  settings: { adminsSeeMoney: true, adminsMayBuy: false, autoBuySeats: true, autoBuySeatsMax: 15 },
  createdAt: daysAgo(220),
};

export const clients: Client[] = [
  'Contoso',
  'Fabrikam',
  'Globex',
  'Initech',
  'Umbrella Dental',
  'Wayne Realty',
  'Stark Fitness',
].map((name, index) => ({
  id: `cli_${index}`,
  externalId: index % 2 === 0 ? `c-${100 + index}` : null,
  name,
  status: index === 6 ? 'archived' : index === 5 ? 'paused' : 'active',
  createdAt: daysAgo(200 - index * 21),
  archivedAt: index === 6 ? daysAgo(9) : null,
}));

export const members: Members = {
  members: [
    {
      userId: 'usr_1',
      name: 'Maria Lopez',
      email: 'maria@acme.example',
      role: 'owner',
      joinedAt: daysAgo(220),
    },
    {
      userId: 'usr_2',
      name: 'Jonas Weber',
      email: 'jonas@acme.example',
      role: 'admin',
      joinedAt: daysAgo(180),
    },
    {
      userId: 'usr_3',
      name: 'Priya Nair',
      email: 'priya@acme.example',
      role: 'member',
      joinedAt: daysAgo(44),
    },
  ],
  invitations: [
    {
      id: 'invt_1',
      email: 'lee@acme.example',
      role: 'admin',
      invitedBy: 'Maria Lopez',
      expiresAt: daysAhead(5),
      status: 'open',
    },
  ],
};

export const apiKeys: ApiKey[] = [
  {
    id: 'key_1',
    name: 'Production back end',
    prefix: 'mg_live_8fK2',
    scopes: ['usage:write', 'limits:check', 'limits:consume', 'entitlements:read'],
    createdAt: daysAgo(120),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: minutesAgo(2),
  },
  {
    id: 'key_2',
    name: 'Accounting export',
    prefix: 'mg_live_0aQz',
    scopes: ['billing:read', 'usage:read'],
    createdAt: daysAgo(60),
    expiresAt: daysAhead(30),
    revokedAt: null,
    lastUsedAt: daysAgo(1),
  },
  {
    id: 'key_3',
    name: 'Old worker',
    prefix: 'mg_live_77Ta',
    scopes: ['usage:write'],
    createdAt: daysAgo(210),
    expiresAt: null,
    revokedAt: daysAgo(90),
    lastUsedAt: daysAgo(91),
  },
];

export const voice: VoiceConfig = {
  aiAgentId: 'agent_7Qx-berlin',
  translationEnabled: true,
  translationFrom: 'en',
  translationTo: 'de',
  unlocked: true,
  upgradeTo: null,
  updatedAt: daysAgo(12),
};

export const neverSetVoice: VoiceConfig = {
  ...voice,
  aiAgentId: null,
  translationEnabled: false,
  translationFrom: null,
  translationTo: null,
  updatedAt: null,
};

const actions = [
  [
    'subscription.plan_changed',
    'Maria Lopez (owner)',
    'subscription',
    'Need more messages for the autumn campaign',
  ],
  ['client.created', 'Jonas Weber (admin)', 'client', null],
  ['invoice.payment_failed', 'Stripe', 'invoice', null],
  ['api_key.created', 'Jonas Weber (admin)', 'api_key', null],
  ['limit_override.set', 'Dana Fox (staff, billing_ops)', 'override', 'Launch week, agreed with sales'],
  [
    'organization.viewed',
    'Dana Fox (staff, support)',
    'organization',
    'SUP-311: customer asked about overage',
  ],
  ['member.invited', 'Maria Lopez (owner)', 'invitation', null],
] as const;

export const auditRows: AuditRow[] = actions.map(([action, actor, kind, reason], index) => ({
  id: `aud_${index}`,
  sequence: String(4821 - index),
  at: index < 2 ? minutesAgo(40 + index * 70) : daysAgo(index),
  actor,
  onBehalfOf: index === 5 ? 'Maria Lopez' : null,
  action,
  target: { kind, id: `${kind}_0190a5c8d7e1${index}` },
  organization: { id: 'org_a', slug: 'acme' },
  reason,
  before: index === 0 ? { plan: 'pro', interval: 'month' } : null,
  after: index === 0 ? { plan: 'business', interval: 'month' } : { name: 'Contoso' },
  requestId: `req_${index}KD`,
}));
