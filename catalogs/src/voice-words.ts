import {
  defineFamily,
  metered,
  type PlanInput,
  type PriceComponentInput,
  type ProductFamily,
  unlimited,
} from '@metergate/core';

const meters = [
  { key: 'stt_words', name: 'Words recognised' },
  { key: 'tts_words', name: 'Words spoken' },
];

/** A monthly fee plus $1.00 per 1 000 words, charged to the word and rated here. */
export const voiceWords: ProductFamily = defineFamily({
  key: 'voice-words',
  name: 'Voice Words',
  description: 'Speech to text and text to speech, charged by the word.',
  meters: meters.map((meter) => ({
    ...meter,
    unit: 'word',
    eventName: meter.key,
    aggregation: 'sum',
    groupBy: ['client'],
  })),
  features: meters.map(({ key, name }) => ({ key, kind: 'metered', name, unit: 'word' })),
  plans: [
    plan({ key: 'basic', name: 'Basic', description: 'For single projects.', monthly: '29' }),
    plan({ key: 'pro', name: 'Pro', description: 'For teams.', monthly: '99' }),
  ],
});

function plan(terms: { key: string; name: string; description: string; monthly: string }): PlanInput {
  return {
    key: terms.key,
    version: 1,
    name: terms.name,
    description: terms.description,
    offer: 'self_service',
    prices: [
      {
        kind: 'base',
        key: 'base',
        name: terms.name,
        rates: [{ interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: terms.monthly } }],
      },
      ...meters.map(
        ({ key, name }): PriceComponentInput => ({
          kind: 'usage',
          key,
          name,
          feature: key,
          billing: 'invoice_item',
          rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '0.001' } }],
        }),
      ),
    ],
    entitlements: meters.map(({ key }) => metered(key, { included: unlimited })),
  };
}
