/** The reader's own language for numbers and dates; English when the browser does not say. */
export function readerLocale(): string {
  return typeof navigator === 'undefined' ? 'en-US' : (navigator.language ?? 'en-US');
}
