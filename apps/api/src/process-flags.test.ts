import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);

// The room for new objects can only be set when a process starts (ADR 84), and what is measured must be what runs.
it.each([
  ['Dockerfile', '"--max-semi-space-size=8", "apps/api/src/main.ts"'],
  ['apps/api/package.json', 'node --max-semi-space-size=8 src/main.ts'],
  ['scripts/start/start-sequence.ts', "'--max-semi-space-size=8'"],
  ['scripts/start/watch-program.ts', "'--max-semi-space-size=8', '--watch'"],
  ['bench/src/measured-instance.ts', "'--max-semi-space-size=8'"],
  ['bench/src/trial/trial-api.ts', "'--max-semi-space-size=8'"],
])('%s starts the API with the same room for new objects', (file, flag) => {
  expect(readFileSync(new URL(file, root), 'utf8')).toContain(flag);
});
