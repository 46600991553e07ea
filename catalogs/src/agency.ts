import { allocated, defineFamily, limited, metered, type ProductFamily, unlimited } from '@metergate/core';

/** Agencies pay for themselves and for each of their clients; every active client is charged, the first too. */
export const agency: ProductFamily = defineFamily({
  key: 'agency',
  name: 'Agency',
  description: 'Messaging for agencies and the clients they work for.',
  meters: [
    {
      key: 'message',
      name: 'Messages',
      unit: 'message',
      eventName: 'message',
      aggregation: 'sum',
      groupBy: ['client', 'channel'],
    },
    {
      key: 'voice_transcription',
      name: 'Voice transcriptions',
      unit: 'transcription',
      eventName: 'voice_transcription',
      aggregation: 'sum',
      groupBy: ['client'],
    },
    {
      key: 'diagnostic_view',
      name: 'Diagnostic views',
      unit: 'view',
      eventName: 'diagnostic_view',
      aggregation: 'sum',
      groupBy: ['client'],
    },
  ],
  features: [
    { key: 'message', kind: 'metered', name: 'Messages', unit: 'message' },
    { key: 'voice_transcription', kind: 'metered', name: 'Voice transcriptions', unit: 'transcription' },
    { key: 'diagnostic_view', kind: 'metered', name: 'Diagnostic views', unit: 'view' },
    { key: 'clients', kind: 'allocated', name: 'Clients', unit: 'client' },
    { key: 'locations', kind: 'allocated', name: 'Locations', unit: 'location' },
  ],
  addOns: [{ key: 'client', name: 'Client', counts: 'clients' }],
  paymentFailure: { restrictedFeatures: ['clients'] },
  plans: [
    {
      key: 'agency',
      version: 1,
      name: 'Agency',
      description: 'One price for the agency, one for each client.',
      offer: 'self_service',
      prices: [
        {
          kind: 'base',
          key: 'base',
          name: 'Agency',
          rates: [{ interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: '99' } }],
        },
        {
          kind: 'addon',
          key: 'client',
          name: 'Client',
          addOn: 'client',
          rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '49' } }],
        },
        {
          kind: 'usage',
          key: 'message',
          name: 'Messages beyond the included ones',
          feature: 'message',
          billing: 'invoice_item',
          rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '0.01' } }],
        },
        {
          kind: 'usage',
          key: 'voice_transcription',
          name: 'Voice transcriptions beyond the included ones',
          feature: 'voice_transcription',
          billing: 'invoice_item',
          rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '0.05' } }],
        },
      ],
      entitlements: [
        metered('message', { included: limited('5000', { perClient: '1000' }), onLimit: 'overage' }),
        metered('voice_transcription', { included: limited('500'), onLimit: 'overage' }),
        metered('diagnostic_view', { included: unlimited }),
        allocated('clients', { included: unlimited }),
        allocated('locations', { included: limited('0', { perClient: '5' }), onLimit: 'block' }),
      ],
    },
  ],
});
