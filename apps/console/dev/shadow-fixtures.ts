import type { ShadowMonth } from '../src/app/views.ts';
import { monthsBack } from './dates.ts';

type MonthFacts = [
  slug: string,
  monthsAgo: number,
  publishedMinor: string,
  draftMinor: string,
  currency?: string,
];

function month(...[slug, monthsAgo, publishedMinor, draftMinor, currency = 'USD']: MonthFacts): ShadowMonth {
  const { start, end } = monthsBack(monthsAgo);
  return {
    organization: `0190a5c8-d7e1-7d3a-b1c2-${slug.length.toString().padStart(12, '0')}`,
    slug,
    subscriptionId: `sub_${slug}`,
    plan: 'agency',
    planVersion: 2,
    periodStart: start,
    periodEnd: end,
    currency,
    publishedMinor,
    draftMinor,
  };
}

/** Dearer, cheaper, the same, a long name, large sums, and a currency without minor units. */
export const shadowMonths: ShadowMonth[] = [
  month('acme', 1, '41218', '44918'),
  month('acme', 2, '39300', '39300'),
  month('the-very-long-named-agency-of-north-rhine-westphalia-and-sons', 1, '123456789', '98765432'),
  month('ikigai-kk', 1, '14800', '15200', 'JPY'),
  month('juniper-health', 1, '4900', '0'),
];
