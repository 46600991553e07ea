import type { TestDatabase } from '@metergate/testing';
import { runCli } from '../src/run-cli.ts';

export const organizationId = '01900000-0000-7000-8000-000000000001';

export async function addAcme(db: TestDatabase): Promise<void> {
  await db.owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'acme', 'Acme', 'crm-1', 'a@example.test', 'EUR')`,
    [organizationId],
  );
}

/** What the command line says on this database, and how it ends. */
export async function runOn(db: TestDatabase, ...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const env = {
    DATABASE_URL: db.ownerUrl,
    ...(db.urls === undefined ? {} : { DATABASE_ROLE_URLS: JSON.stringify(db.urls) }),
  };
  const exitCode = await runCli(args, {
    env,
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  return { exitCode, out: out.join('\n'), error: error.join('\n') };
}
