/** Longest id or subject in bytes of UTF-8; equal to the CHECK in the database. */
const bytesMax = 255;

/**
 * Whether a text can be an event id or a subject. Compared byte for byte later: no trimming, no case folding and
 * no Unicode normalization, so "é" in its two spellings are two ids. NUL and lone surrogates cannot be stored.
 */
export function isEventText(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > bytesMax) return false;
  return isStorableText(value) && utf8Length(value) <= bytesMax;
}

/** PostgreSQL text and jsonb hold any Unicode text except NUL and half pairs. */
export function isStorableText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\u0000');
}

/** Bytes of a well-formed text in UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
