import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readSchemaSet } from '../src/wire/schema-set.ts';

/** Tests check every answer against the SDK's types; the schemas are made once from the installed SDK. */
export function setup(): void {
  if (readSchemaSet()) return;
  const script = fileURLToPath(new URL('../scripts/generate-schema.ts', import.meta.url));
  const made = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('the schema cache could not be generated');
}
