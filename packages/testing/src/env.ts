import process from 'node:process';

/** A PostgreSQL to test on instead of the embedded one; absent and empty mean the embedded one. */
export function testDatabaseUrl(): string | undefined {
  return process.env.DATABASE_URL || undefined;
}

/** Engines that are not installed with the project; set by `npm run test:engines` where it finds them. */
export function testEngines(): { redisServer: string | undefined; chdbModule: string | undefined } {
  return {
    redisServer: process.env.TEST_REDIS_SERVER || undefined,
    chdbModule: process.env.TEST_CHDB_MODULE || undefined,
  };
}
