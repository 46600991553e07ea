export { createDatabaseProbe } from './database-probe.ts';
export { createIdempotencyStore } from './idempotency-store.ts';
export { createIdentityReader } from './identity-reader.ts';
export { missingMigrations } from './missing-migrations.ts';
export { insertSignInMail } from './sign-in-mail.ts';
export { createSimulatedClockStore } from './simulated-clock.ts';
export { createViewAsReader, type RunningViewAs } from './view-as-reader.ts';
