import process from 'node:process';

/** A PostgreSQL to test on instead of the embedded one; absent and empty mean the embedded one. */
export function testDatabaseUrl(): string | undefined {
  return process.env.DATABASE_URL || undefined;
}
