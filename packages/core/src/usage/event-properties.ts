import { isStorableText } from './event-text.ts';

const depthMax = 8;
const valueCountMax = 1000;
const textLengthMax = 16_384;

/**
 * The one text of a properties object: keys sorted, no spaces, so that equal objects have equal texts.
 * `undefined` when it is not a plain object, too large, too deep, or holds what cannot be stored. Built as text and
 * never copied into another object, so a key such as "constructor" stays ordinary data.
 */
export function canonicalProperties(value: unknown): string | undefined {
  if (!isPlainObject(value)) return undefined;
  const budget = { valuesLeft: valueCountMax, textLeft: textLengthMax };
  return writeValue(value, depthMax, budget);
}

interface Budget {
  valuesLeft: number;
  textLeft: number;
}

function writeValue(value: unknown, depthLeft: number, budget: Budget): string | undefined {
  budget.valuesLeft -= 1;
  if (budget.valuesLeft < 0) return undefined;
  if (Array.isArray(value) || isPlainObject(value)) {
    if (depthLeft === 0) return undefined;
    return Array.isArray(value)
      ? writeList(value, depthLeft - 1, budget)
      : writeObject(value, depthLeft - 1, budget);
  }
  return spend(writeScalar(value), budget);
}

function writeScalar(value: unknown): string | undefined {
  if (value === null || typeof value === 'boolean') return String(value);
  // 1e309 parses to Infinity, which JSON would silently write as null.
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === 'string') return isStorableText(value) ? JSON.stringify(value) : undefined;
  return undefined;
}

function writeList(list: readonly unknown[], depthLeft: number, budget: Budget): string | undefined {
  const parts: string[] = [];
  for (const item of list) {
    const text = writeValue(item, depthLeft, budget);
    if (text === undefined) return undefined;
    parts.push(text);
  }
  return `[${parts.join(',')}]`;
}

function writeObject(
  object: Readonly<Record<string, unknown>>,
  depthLeft: number,
  budget: Budget,
): string | undefined {
  const keys = Object.keys(object);
  if (keys.length > budget.valuesLeft) return undefined;
  const parts: string[] = [];
  for (const key of keys.sort()) {
    // Readers that copy properties into plain objects would set a prototype with it.
    if (key === '__proto__' || !isStorableText(key)) return undefined;
    const name = spend(JSON.stringify(key), budget);
    const text = writeValue(object[key], depthLeft, budget);
    if (name === undefined || text === undefined) return undefined;
    parts.push(`${name}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

function spend(text: string | undefined, budget: Budget): string | undefined {
  if (text === undefined) return undefined;
  budget.textLeft -= text.length + 1;
  return budget.textLeft < 0 ? undefined : text;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
