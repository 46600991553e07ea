/**
 * The reader's own language for numbers and dates. Browsers in a C locale say things like `en-US@posix`, which Intl
 * refuses; then the part before the odd character counts, and English when nothing usable is left.
 */
export function readerLocale(): string {
  const wish = typeof navigator === 'undefined' ? '' : (navigator.language ?? '');
  return supported(wish) ?? supported(wish.split(/[@._]/)[0] ?? '') ?? 'en-US';
}

function supported(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
