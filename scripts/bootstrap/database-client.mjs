import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { runStep } from './run-step.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';

const packageFolder = join(projectRoot, 'packages/db');
const generatedFolder = join(packageFolder, 'src/generated');
// Inside the generated folder: whoever deletes it also deletes the claim that it is up to date.
const stampFile = join(generatedFolder, '.generated-from');

/** Runs `prisma generate` when the schema, its configuration or the Prisma version changed. Works offline. */
export async function generateDatabaseClient(node) {
  const schemaFolder = join(packageFolder, 'prisma/schema');
  if (!existsSync(schemaFolder)) return;
  const inputs = [
    schemaFolder,
    join(packageFolder, 'prisma.config.ts'),
    join(packageFolder, 'node_modules/prisma/package.json'),
  ];
  const schemaHash = hashOf(inputs);
  if (isStamped(stampFile, schemaHash)) return;
  const cli = join(packageFolder, 'node_modules/prisma/build/index.js');
  await runStep('Generating the database client', [node, cli, 'generate'], packageFolder);
  writeStamp(stampFile, schemaHash);
}
