import { invalidRequest } from './errors.ts';
import { isRecord, type Params } from './params.ts';

export type Metadata = Record<string, string>;

/** Merges `metadata[k]=v`; an empty value deletes the key, an empty `metadata` deletes all (limits: 50/40/500). */
export function mergeMetadata(current: Metadata, params: Params): Metadata {
  if (!params.has('metadata')) return current;
  if (params.isUnset('metadata')) return {};
  const sent = params.raw.metadata;
  if (!isRecord(sent)) throw invalidRequest('Invalid metadata: must be an object', params.nameOf('metadata'));
  const merged = { ...current };
  for (const [key, value] of Object.entries(sent)) {
    const name = `${params.nameOf('metadata')}[${key}]`;
    const text = value === null ? '' : String(value);
    if (key.length > 40) throw invalidRequest('Metadata keys can be at most 40 characters', name);
    if (text.length > 500) throw invalidRequest('Metadata values can be at most 500 characters', name);
    if (text === '') delete merged[key];
    else merged[key] = text;
  }
  if (Object.keys(merged).length > 50) {
    throw invalidRequest('Metadata can have at most 50 keys', params.nameOf('metadata'));
  }
  return merged;
}
