import type { Flag, FlagValue } from './evaluate-flag.ts';
import { flagValueInvalid } from './flags.errors.ts';

/** @throws FLAG_VALUE_INVALID when the value is of another kind, or no variant of the flag. */
export function checkFlagValue(flag: Pick<Flag, 'kind' | 'variants'>, value: FlagValue): void {
  if (flag.kind === 'boolean') {
    if (typeof value !== 'boolean') throw flagValueInvalid('must be on or off');
    return;
  }
  if (typeof value !== 'string' || !flag.variants.includes(value)) {
    throw flagValueInvalid('must be one of its variants');
  }
}
