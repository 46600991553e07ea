import { z } from 'zod';
import { currencyUnknown } from './money.errors.ts';

/** ISO 4217 alphabetic code in upper case. */
export type CurrencyCode = string;

/**
 * Minor-unit digits of every active ISO 4217 currency (list one, as published 2026-01-01). Payment providers
 * deviate for some of them (ISK and UGX at Stripe); such exceptions live in the adapter, never here.
 */
const codesByExponent: ReadonlyArray<readonly [exponent: number, codes: string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
      'CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
      'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
      'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD ' +
      'RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
      'USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const exponentByCode: ReadonlyMap<string, number> = new Map(
  codesByExponent.flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent] as const)),
);

/** Digits between the minor and the major unit: USD 2, JPY 0, KWD 3. Throws CURRENCY_UNKNOWN. */
export function currencyExponent(currency: CurrencyCode): number {
  const exponent = exponentByCode.get(currency);
  if (exponent === undefined) throw currencyUnknown(currency);
  return exponent;
}

export function isCurrency(code: string): boolean {
  return exponentByCode.has(code);
}

/** Reads a code written in any case; answers it in upper case. Throws CURRENCY_UNKNOWN. */
export function parseCurrency(text: string): CurrencyCode {
  // ASCII only: the Turkish dotless i must not become a letter of a code.
  if (!/^[A-Za-z]{3}$/.test(text)) throw currencyUnknown(text);
  const code = text.toUpperCase();
  currencyExponent(code);
  return code;
}

/** Accepts a code in any case and answers it in upper case. */
export const currencyInputSchema = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'must be a three-letter ISO 4217 code')
  .transform((text) => text.toUpperCase())
  .refine(isCurrency, 'must be a known ISO 4217 code');
