import {
  defineFamily,
  type EntitlementInput,
  type Included,
  limited,
  metered,
  type PriceComponentInput,
  type ProductFamily,
  switches,
  unlimited,
} from '@metergate/core';

const proFeatures = ['can_record', 'can_transcribe', 'survey'];
const businessFeatures = ['can_translate', 'can_use_secret_shopper', 'voice_cloning'];
const enterpriseFeatures = ['sso', 'api_access', 'dedicated_support'];

const meters = [
  { key: 'call', name: 'Calls', unit: 'call' },
  {
    key: 'minute',
    name: 'Call minutes',
    unit: 'minute',
    roundsUp: { property: 'durationSeconds', per: '60' },
  },
  { key: 'transcription', name: 'Transcriptions', unit: 'transcription' },
  { key: 'translation', name: 'Translations', unit: 'translation' },
  { key: 'ai_run', name: 'AI runs', unit: 'run' },
];

/** Calls answered, transcribed and translated. No call is ever broken off: every limit stays open in an outage. */
export const voiceOps: ProductFamily = defineFamily({
  key: 'voice-ops',
  name: 'Voice Ops',
  description: 'Phone calls with recording, transcription, translation and surveys.',
  meters: meters.map((meter) => ({
    ...meter,
    eventName: meter.key,
    aggregation: 'sum',
    groupBy: ['client'],
    subject: 'call',
  })),
  features: [
    ...meters.map(({ key, name, unit }) => ({ key, kind: 'metered' as const, name, unit })),
    { key: 'can_record', kind: 'boolean', name: 'Call recording' },
    { key: 'can_transcribe', kind: 'boolean', name: 'Transcription' },
    { key: 'survey', kind: 'boolean', name: 'Surveys after calls' },
    { key: 'can_translate', kind: 'boolean', name: 'Live translation' },
    { key: 'can_use_secret_shopper', kind: 'boolean', name: 'Secret shopper calls' },
    { key: 'voice_cloning', kind: 'boolean', name: 'Voice cloning' },
    { key: 'sso', kind: 'boolean', name: 'Single sign-on' },
    { key: 'api_access', kind: 'boolean', name: 'API access' },
    { key: 'dedicated_support', kind: 'boolean', name: 'Dedicated support' },
  ],
  onUnavailable: 'open',
  paymentFailure: { restrictedFeatures: ['translation', 'can_translate'] },
  plans: [
    {
      key: 'free',
      version: 1,
      name: 'Free',
      description: 'Look around without making calls.',
      offer: 'free',
      prices: [],
      entitlements: [...usageLimits(['0', '0', '0', '0']), ...switchedOn([])],
    },
    {
      key: 'pro',
      version: 1,
      name: 'Pro',
      description: 'Recording, transcription and surveys.',
      offer: 'self_service',
      prices: paidPrices('Pro', '49'),
      entitlements: [...usageLimits(['500', '5000', '500', '0']), ...switchedOn(proFeatures)],
    },
    {
      key: 'business',
      version: 1,
      name: 'Business',
      description: 'Everything in Pro, with translation, secret shopper and voice cloning.',
      offer: 'self_service',
      prices: paidPrices('Business', '149'),
      entitlements: [
        ...usageLimits(['2000', '20000', '2000', '2000']),
        ...switchedOn([...proFeatures, ...businessFeatures]),
      ],
    },
    {
      key: 'enterprise',
      version: 1,
      name: 'Enterprise',
      description: 'Without limits, with single sign-on, API access and dedicated support.',
      offer: 'contact_sales',
      prices: [],
      entitlements: [
        ...usageLimits(undefined),
        ...switchedOn([...proFeatures, ...businessFeatures, ...enterpriseFeatures]),
      ],
    },
  ],
});

/** Included calls, minutes, transcriptions and translations of a month; `undefined` = no limits. */
function usageLimits(included: [string, string, string, string] | undefined): EntitlementInput[] {
  return [
    ...['call', 'minute', 'transcription', 'translation'].map((feature, position) =>
      usageLimit(feature, included?.[position]),
    ),
    metered('ai_run', { included: unlimited }),
  ];
}

/** A limit of zero blocks: the plan does not contain the feature, so there is nothing to go over. */
function usageLimit(feature: string, quantity: string | undefined): EntitlementInput {
  const included: Included = quantity === undefined ? unlimited : limited(quantity);
  return metered(feature, {
    included,
    onLimit: quantity === undefined || quantity === '0' ? 'block' : 'overage',
  });
}

function switchedOn(features: string[]): EntitlementInput[] {
  const all = [...proFeatures, ...businessFeatures, ...enterpriseFeatures];
  const off = all.filter((feature) => !features.includes(feature));
  return [...switches(features, true), ...switches(off, false)];
}

function paidPrices(name: string, monthly: string): PriceComponentInput[] {
  const overage = [
    { feature: 'call', name: 'Calls beyond the included ones', unitPrice: '0.10' },
    { feature: 'minute', name: 'Minutes beyond the included ones', unitPrice: '0.02' },
    { feature: 'transcription', name: 'Transcriptions beyond the included ones', unitPrice: '0.05' },
    { feature: 'translation', name: 'Translations beyond the included ones', unitPrice: '0.08' },
  ];
  return [
    {
      kind: 'base',
      key: 'base',
      name,
      rates: [{ interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: monthly } }],
    },
    ...overage.map(
      ({ feature, name: label, unitPrice }): PriceComponentInput => ({
        kind: 'usage',
        key: feature,
        name: label,
        feature,
        billing: 'invoice_item',
        rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice } }],
      }),
    ),
  ];
}
