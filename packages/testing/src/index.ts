export { startChdbServer } from './engines/chdb-server.ts';
export { startRedisServer } from './engines/redis-server.ts';
export { testEngines } from './env.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
