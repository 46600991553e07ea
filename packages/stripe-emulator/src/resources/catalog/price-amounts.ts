import { parseDecimal } from '../../billing/amounts/fraction.ts';
import type { PriceAmounts, Tier } from '../../store/rows.ts';
import { invalidRequest, missingParameter } from '../../wire/errors.ts';
import { isRecord, Params } from '../../wire/params.ts';

/** `unit_amount` and `unit_amount_decimal` (both in minor units) of a price, a tier or a currency option. */
export function readAmounts(params: Params, scheme: 'per_unit' | 'tiered', isRequired = true): PriceAmounts {
  if (scheme === 'tiered') return { unit_amount: null, unit_amount_decimal: null };
  const amounts = readPair(params, 'unit_amount');
  if (isRequired && amounts.unit_amount_decimal === null)
    throw missingParameter(params.nameOf('unit_amount'));
  return { unit_amount: amounts.unit_amount, unit_amount_decimal: amounts.unit_amount_decimal };
}

function readPair(params: Params, field: 'unit_amount' | 'flat_amount') {
  const whole = params.integer(field);
  if (whole !== undefined) return { unit_amount: whole, unit_amount_decimal: String(whole) };
  const decimal = params.text(`${field}_decimal`);
  if (decimal === undefined || decimal === '') return { unit_amount: null, unit_amount_decimal: null };
  let isWhole: boolean;
  try {
    const { numerator, denominator } = parseDecimal(decimal);
    isWhole = numerator % denominator === 0n;
  } catch {
    throw invalidRequest(`Invalid decimal: ${decimal}`, params.nameOf(`${field}_decimal`));
  }
  const text = decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal;
  return { unit_amount: isWhole ? Number(text) : null, unit_amount_decimal: text };
}

/** Tiers in order; only the last may be open (`up_to: inf`), and it must be. */
export function readTiers(params: Params): Tier[] {
  const tiers = (params.subs('tiers') ?? []).map((tier): Tier => {
    const unit = readPair(tier, 'unit_amount');
    const flat = readPair(tier, 'flat_amount');
    return {
      flat_amount: flat.unit_amount,
      flat_amount_decimal: flat.unit_amount_decimal,
      unit_amount: unit.unit_amount,
      unit_amount_decimal: unit.unit_amount_decimal,
      up_to: tier.text('up_to') === 'inf' ? null : tier.requireInteger('up_to'),
    };
  });
  const openAt = tiers.findIndex((tier) => tier.up_to === null);
  if (tiers.length === 0) throw missingParameter(params.nameOf('tiers'));
  if (openAt !== tiers.length - 1) {
    throw invalidRequest('The last tier, and only the last, must have up_to=inf.', params.nameOf('tiers'));
  }
  return tiers;
}

export function readCurrencies(params: Params): Record<string, PriceAmounts> {
  const options = params.raw.currency_options;
  if (!isRecord(options)) return {};
  return Object.fromEntries(
    Object.entries(options).map(([currency, value]) => {
      const option = new Params(isRecord(value) ? value : {}, `currency_options[${currency}]`);
      const amounts = readAmounts(option, 'per_unit', false);
      return [
        currency.toLowerCase(),
        option.has('tiers') ? { ...amounts, tiers: readTiers(option) } : amounts,
      ];
    }),
  );
}
