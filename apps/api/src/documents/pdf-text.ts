/** Letters that do not decompose into a base letter and marks. */
const substitutes: ReadonlyMap<string, string> = new Map([
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ı', 'i'],
  ['ħ', 'h'],
  ['Ħ', 'H'],
  ['‐', '-'],
  ['‑', '-'],
  ['−', '-'],
  ['\u00a0', ' '],
  ['\u202f', ' '],
  ['\u2009', ' '],
]);

/** Outside Latin-1, what Windows-1252 has: the encoding of the standard PDF fonts. */
const extras = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/**
 * Text as the standard fonts can print it: accents are dropped where the accented letter is missing, and what is left
 * without any likeness becomes a question mark. Control and invisible characters vanish.
 */
export function printable(text: string): string {
  let result = '';
  for (const character of text.normalize('NFC'))
    result += isPrintable(character) ? character : nearest(character);
  return result;
}

/** True when nothing of the text would be lost. */
export function isFullyPrintable(text: string): boolean {
  return [...text].every((character) => isPrintable(character) || substitutes.has(character));
}

function nearest(character: string): string {
  if (/[\s\p{Zs}]/u.test(character)) return ' ';
  if (/\p{C}|\p{M}/u.test(character)) return '';
  const substitute = substitutes.get(character);
  if (substitute !== undefined) return substitute;
  const base = [...character.normalize('NFKD')].filter(isPrintable).join('');
  return base === '' ? '?' : base;
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) || (code > 0xa0 && code <= 0xff && code !== 0xad) || extras.has(character)
  );
}
