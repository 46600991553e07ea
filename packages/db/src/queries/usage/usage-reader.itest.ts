import { describeUsageStore } from '../../../test/usage-reader-suite.ts';
import { createUsageReader } from './usage-reader.ts';

describeUsageStore('PostgreSQL', async (db) => ({
  reader: createUsageReader({ app: db.database.app, ingest: db.database.ingest }),
  settle: async () => undefined,
  stop: async () => undefined,
}));
