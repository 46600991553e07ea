import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

const here = path.dirname(fileURLToPath(import.meta.url));

// Every CLI command wants to download a native schema engine; the stand-in runs Prisma's own WebAssembly build
// of it instead, so that nothing is fetched. Set the variable yourself to use a native engine.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(here, 'scripts/schema-engine.mjs');

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: process.env.DATABASE_URL } }),
});
