import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  'x-open'?: boolean;
}

/** What `scripts/generate-schema.ts` read from the installed SDK's type declarations. */
export interface SchemaSet {
  sdkVersion: string;
  endpoints: { method: string; path: string; params: string; schema: Schema | null }[];
  definitions: Record<string, Schema>;
}

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.schema-cache');

/** Null when the cache was never generated: the emulator then accepts parameters it does not know. */
export function readSchemaSet(): SchemaSet | null {
  if (!existsSync(CACHE)) return null;
  const file = readdirSync(CACHE).find((name) => name.endsWith('.json'));
  return file === undefined ? null : JSON.parse(readFileSync(join(CACHE, file), 'utf8'));
}
