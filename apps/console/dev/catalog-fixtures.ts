import type { Family, Plan } from '../src/app/views.ts';

type Price = Plan['prices'][number];
type Entitlement = Plan['entitlements'][number];

type PriceFacts = [
  kind: Price['kind'],
  description: string,
  unitPrice: string,
  unit: string | null,
  interval?: Price['interval'],
];

function price(...[kind, description, unitPrice, unit, interval = 'month']: PriceFacts): Price {
  return {
    key: `${kind}-${description}-${interval}`,
    kind,
    description,
    model: unit === null ? 'flat' : 'per_unit',
    unitPrice,
    unit,
    interval,
    currency: 'USD',
  };
}

type MeteredFacts = [
  feature: string,
  name: string,
  unit: string,
  included: string | null,
  onLimit: Entitlement['onLimit'],
  overagePrice: string | null,
];

function metered(...[feature, name, unit, included, onLimit, overagePrice]: MeteredFacts): Entitlement {
  return {
    feature,
    name,
    kind: 'metered',
    unit,
    included,
    includedPerUnit: null,
    enabled: null,
    onLimit,
    overagePrice,
  };
}

function able(feature: string, name: string, enabled: boolean): Entitlement {
  return {
    feature,
    name,
    kind: 'boolean',
    unit: null,
    included: null,
    includedPerUnit: null,
    enabled,
    onLimit: null,
    overagePrice: null,
  };
}

function plan(
  fields: Pick<Plan, 'family' | 'plan' | 'name' | 'description' | 'rank' | 'prices' | 'entitlements'> &
    Partial<Plan>,
): Plan {
  return { version: 1, selfService: true, isFree: false, intervals: ['month'], ...fields };
}

type VoiceFacts = [
  calls: string,
  minutes: string,
  transcriptions: string,
  translations: string,
  level: number,
];

function voice(...[calls, minutes, transcriptions, translations, level]: VoiceFacts): Entitlement[] {
  const onLimit = level === 0 ? 'block' : 'overage';
  return [
    metered('call', 'Calls', 'calls', level === 3 ? null : calls, onLimit, level === 0 ? null : '0.10'),
    metered(
      'minute',
      'Call minutes',
      'minutes',
      level === 3 ? null : minutes,
      onLimit,
      level === 0 ? null : '0.02',
    ),
    metered(
      'transcription',
      'Transcriptions',
      'transcriptions',
      level === 3 ? null : transcriptions,
      onLimit,
      level === 0 ? null : '0.05',
    ),
    metered('translation', 'Translations', 'translations', level === 3 ? null : translations, 'block', null),
    able('can_record', 'Recording', level >= 1),
    able('can_translate', 'Live translation', level >= 2),
    able('voice_cloning', 'Voice cloning', level >= 2),
    able('sso', 'Single sign-on', level >= 3),
  ];
}

export const families: Family[] = [
  {
    family: 'agency',
    name: 'Agency',
    description: 'Messaging for agencies, billed per client.',
    plans: [
      plan({
        family: 'agency',
        plan: 'agency',
        name: 'Agency',
        description: 'Everything an agency needs, plus a fee per client.',
        rank: 1,
        version: 3,
        prices: [price('base', 'Agency plan', '99', null), price('addon', 'Per client', '49', 'client')],
        entitlements: [
          {
            ...metered('message', 'Messages', 'messages', '5000', 'overage', '0.01'),
            includedPerUnit: { unit: 'client', quantity: '1000' },
          },
          metered('voice_transcription', 'Voice transcriptions', 'transcriptions', '500', 'overage', '0.05'),
          {
            ...metered('locations', 'Locations per client', 'locations', '5', 'block', null),
            kind: 'allocated',
          },
        ],
      }),
    ],
  },
  {
    family: 'voice-ops',
    name: 'Voice operations',
    description: 'Calls, transcription and translation.',
    plans: [
      plan({
        family: 'voice-ops',
        plan: 'free',
        name: 'Voice Free',
        description: 'Try the interface.',
        rank: 0,
        isFree: true,
        prices: [price('base', 'Free', '0', null)],
        entitlements: voice('0', '0', '0', '0', 0),
      }),
      plan({
        family: 'voice-ops',
        plan: 'pro',
        name: 'Voice Pro',
        description: 'For one team.',
        rank: 1,
        prices: [price('base', 'Voice Pro', '49', null)],
        entitlements: voice('500', '5000', '500', '0', 1),
      }),
      plan({
        family: 'voice-ops',
        plan: 'business',
        name: 'Voice Business',
        description: 'With live translation.',
        rank: 2,
        prices: [price('base', 'Voice Business', '149', null)],
        entitlements: voice('2000', '20000', '2000', '2000', 2),
      }),
      plan({
        family: 'voice-ops',
        plan: 'enterprise',
        name: 'Voice Enterprise',
        description: 'Your own terms.',
        rank: 3,
        selfService: false,
        prices: [],
        entitlements: voice('', '', '', '', 3),
      }),
    ],
  },
  {
    family: 'agent-studio',
    name: 'Agent studio',
    description: 'Build and run agents, per user.',
    plans: [
      plan({
        family: 'agent-studio',
        plan: 'free',
        name: 'Studio Free',
        description: 'Three users.',
        rank: 0,
        isFree: true,
        prices: [price('base', 'Free', '0', null)],
        entitlements: [
          metered('execution', 'Executions', 'executions', '10000', 'block', null),
          { ...metered('users', 'Users', 'users', '3', 'block', null), kind: 'allocated' },
        ],
      }),
      plan({
        family: 'agent-studio',
        plan: 'pro',
        name: 'Studio Pro',
        description: 'Grows with the team.',
        rank: 1,
        intervals: ['month', 'year'],
        prices: [price('seat', 'Per user', '49', 'user'), price('seat', 'Per user', '490', 'user', 'year')],
        entitlements: [
          metered('execution', 'Executions', 'executions', '100000', 'block', null),
          { ...metered('users', 'Users', 'users', null, 'block', null), kind: 'allocated' },
        ],
      }),
    ],
  },
];
