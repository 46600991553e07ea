import {
  defineFamily,
  limited,
  metered,
  type PriceInput,
  type ProductFamily,
  unlimited,
} from '@metergate/core';

/** Prices in major units; the same kinds of prices in a currency without a smaller coin and in one with a thousandth. */
const priceList = [
  {
    currency: 'JPY',
    press: '5000',
    page: ['1.5', '0.75', '200', '0.4'],
    label: ['3', '2.25'],
    scan: ['4', '1000'],
    binding: '250',
    delivery: ['120', '80'],
  },
  {
    currency: 'KWD',
    press: '12',
    page: ['0.0015', '0.00075', '0.2', '0.0004'],
    label: ['0.0125', '0.00925'],
    scan: ['0.0155', '3'],
    binding: '0.75',
    delivery: ['0.4', '0.27'],
  },
] as const;
type Row = (typeof priceList)[number];

/** Every kind of price for usage: tiers of both sorts, a minimum, packages, free units of the plan and of the price. */
const usagePrices: Readonly<Record<string, (row: Row) => PriceInput>> = {
  page: ({ currency, page: [first, second, flatPrice, third] }) => ({
    model: 'graduated',
    currency,
    tiers: [
      { upTo: '1000', unitPrice: first },
      { upTo: '5000', unitPrice: second, flatPrice },
      { upTo: null, unitPrice: third },
    ],
  }),
  label: ({ currency, label: [few, many] }) => ({
    model: 'volume',
    currency,
    tiers: [
      { upTo: '500', unitPrice: few },
      { upTo: null, unitPrice: many },
    ],
  }),
  scan: ({ currency, scan: [unitPrice, minimum] }) => ({ model: 'per_unit', currency, unitPrice, minimum }),
  binding: ({ currency, binding }) => ({
    model: 'package',
    currency,
    packageSize: '10',
    packagePrice: binding,
    included: '5',
  }),
  delivery: ({ currency, delivery: [first, further] }) => ({
    model: 'graduated',
    currency,
    tiers: [
      { upTo: '10', unitPrice: first },
      { upTo: null, unitPrice: further },
    ],
  }),
};
const meters = Object.keys(usagePrices);

/** Deliveries are rated by Stripe's meter, everything else here. */
export const printShop: ProductFamily = defineFamily({
  key: 'print-shop',
  name: 'Print Shop',
  description: 'Pages, labels, scans, bindings and deliveries.',
  meters: meters.map((key) => ({ key, name: key, unit: key, eventName: key, aggregation: 'sum' })),
  features: meters.map((key) => ({ key, kind: 'metered', name: key, unit: key })),
  plans: [
    {
      key: 'press',
      version: 1,
      name: 'Press',
      description: 'A press, and what it prints.',
      offer: 'self_service',
      prices: [
        {
          kind: 'base',
          key: 'base',
          name: 'Press',
          rates: priceList.map(({ currency, press }) => ({
            interval: 'month',
            price: { model: 'flat', currency, unitPrice: press },
          })),
        },
        ...Object.entries(usagePrices).map(([key, price]) => ({
          kind: 'usage' as const,
          key,
          name: key,
          feature: key,
          billing: key === 'delivery' ? ('stripe_meter' as const) : ('invoice_item' as const),
          rates: priceList.map((row) => ({ interval: 'month' as const, price: price(row) })),
        })),
      ],
      entitlements: meters.map((key) =>
        metered(
          key,
          key === 'page' ? { included: limited('100'), onLimit: 'overage' } : { included: unlimited },
        ),
      ),
    },
  ],
});
