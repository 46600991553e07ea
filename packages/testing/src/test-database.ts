import { randomBytes } from 'node:crypto';
import { type ApplicationRole, createDatabase, type Database } from '@metergate/db';
import pg from 'pg';
import { inject } from 'vitest';
import './global-setup.ts';
import { addressesOf, createFromTemplate, dropDatabase } from './postgres-cluster.ts';

export interface TestDatabase {
  /** Pools and Prisma clients of every role, as the application has them. */
  database: Database;
  /** The owner's pool: arranges and inspects rows of every organization, bypassing no constraint. */
  owner: pg.Pool;
  ownerUrl: string;
  urls: Readonly<Record<ApplicationRole, string>> | undefined;
  /** Closes everything and drops the database. */
  dispose(): Promise<void>;
}

/**
 * A migrated, empty database of its own, cloned from the run's template. Needs
 * `globalSetup: ['@metergate/testing/global-setup']` in the vitest configuration.
 */
export async function createTestDatabase(
  options: { poolSizes?: Partial<Record<ApplicationRole, number>> } = {},
): Promise<TestDatabase> {
  const cluster = inject('testCluster');
  const name = `metergate_test_${randomBytes(6).toString('hex')}`;
  await createFromTemplate(cluster, name);
  const { ownerUrl, urls } = addressesOf(cluster, name);
  const database = createDatabase({
    ...(urls === undefined ? { url: ownerUrl } : { urls }),
    poolSizes: { app: 4, auth: 2, ingest: 4, platform: 2, worker: 2, ...options.poolSizes },
  });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // Dropping the database ends idle connections; without a listener that would end the test run.
  owner.on('error', () => undefined);
  return {
    database,
    owner,
    ownerUrl,
    urls,
    async dispose() {
      await Promise.all([database.close(), owner.end()]);
      await dropDatabase(cluster.ownerUrl, name);
    },
  };
}
