import { createHash, randomBytes } from 'node:crypto';
import { loadFamilies } from '@metergate/catalogs';
import type { Actor, Clock, SecretSource } from '@metergate/core';
import {
  createDatabase,
  createIdSource,
  createPlatformUnitOfWork,
  createSimulatedClockStore,
  createUnitOfWork,
  type Database,
} from '@metergate/db';
import { createPaymentGateway, createStripeClient, isLiveKey } from '@metergate/stripe';
import type { CliEnvironment } from './env.ts';

/** Whoever can run this tool has the database's login already; the audit log names the tool. */
export const operator: Extract<Actor, { kind: 'staff' }> = {
  kind: 'staff',
  userId: 'command-line',
  email: 'command-line',
  role: 'super_admin',
};

const secrets: SecretSource = {
  create: () => randomBytes(24).toString('base64url'),
  hash: (secret) => new Uint8Array(createHash('sha256').update(secret).digest()),
};

/** What commands work with; nothing is connected before it is used. */
export type Context = Awaited<ReturnType<typeof openContext>>;

/** @throws Error when no database is configured */
export async function openContext(env: CliEnvironment) {
  const database = openDatabase(env);
  const offsetMs = await createSimulatedClockStore(database.platform).load();
  const clock: Clock = { now: () => new Date(Date.now() + offsetMs) };
  const ids = createIdSource();
  const unitOfWork = createUnitOfWork(database.prisma.app, { clock, ids });
  const platformUnitOfWork = createPlatformUnitOfWork(database.prisma.platform, { clock, ids });
  const gateway = createPaymentGateway(
    createStripeClient({ apiKey: env.stripeKey, apiBase: env.stripeBase }),
    {
      now: () => new Date(),
    },
  );
  return {
    database,
    clock,
    ids,
    secrets,
    unitOfWork,
    platformUnitOfWork,
    gateway,
    families: loadFamilies(env.catalog),
    existingPrices: env.existingPrices,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    /** A login that may migrate: the only one that writes everybody's projections. */
    ownerUrl: env.ownerUrl,
    /** Which of Stripe's events are ours. */
    isLiveMode: env.stripeBase === null && isLiveKey(env.stripeKey),
    close: () => database.close(),
  };
}

function openDatabase({ ownerUrl, roleUrls }: CliEnvironment): Database {
  return createDatabase({
    ...(roleUrls === undefined ? { url: ownerUrl } : { urls: roleUrls }),
    poolSizes: { app: 2, auth: 1, ingest: 1, platform: 2, worker: 1 },
  });
}
