import { parseScaled } from '../../shared/money/decimal.ts';

/** An amount in minor units of every currency with that many digits. */
export interface AmountCandidate {
  exponent: number;
  amountMinor: bigint;
}

const exponents = [0, 2, 3, 4];
const scaleDigits = 12;

/**
 * The amounts a searched text may mean: "249" and "$1,249.50" are numbers of major units whose minor units depend on
 * the currency of the invoice. Empty when the text is no amount.
 */
export function amountCandidates(text: string): AmountCandidate[] {
  const scaled = parseScaled(
    text.replace(/[\s,_'’]|\p{Sc}|^[A-Za-z]{3}(?=[\s\d])|(?<=[\s\d])[A-Za-z]{3}$/gu, ''),
  );
  if (scaled === undefined) return [];
  return exponents.flatMap((exponent) => {
    const unit = 10n ** BigInt(scaleDigits - exponent);
    return scaled % unit === 0n ? [{ exponent, amountMinor: scaled / unit }] : [];
  });
}
