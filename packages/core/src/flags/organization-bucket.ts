const bucketCount = 10_000;

/**
 * Where an organization stands in a flag's rollout: 0–9 999 hundredths of a percent, for ever the same, and
 * independent between flags. FNV-1a over the text, then the finalizer of MurmurHash3 because the low digits of
 * FNV alone are uneven (http://www.isthe.com/chongo/tech/comp/fnv/, read 2026-11-20). Not for secrets.
 */
export function organizationBucket(flagKey: string, organizationId: string): number {
  return hashText(`${flagKey}:${organizationId}`) % bucketCount;
}

/** 32 bits, unsigned. Texts are keys and ids, so code units are bytes. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
