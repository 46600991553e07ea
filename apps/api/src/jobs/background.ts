import { createHash } from 'node:crypto';
import type { Clock, IdSource, PlatformUnitOfWork, UnitOfWork } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { PublishDeps } from '@metergate/core/catalog/publish-catalog';
import type { ReconcileDeps } from '@metergate/core/payments/drift/reconcile-organization';
import type { PaymentGateway } from '@metergate/core/payments/payment-gateway.ports';
import {
  createInboundEventDirectory,
  createInboundQueue,
  createUnderWay,
  type Database,
  type InboundQueue,
  type PlatformTx,
  type Tx,
} from '@metergate/db';
import { createPaymentGateways, createStripeClient } from '@metergate/stripe';
import type { Counter, Registry } from 'prom-client';
import { existingPricesOf } from '../billing/existing-prices.ts';
import { SystemClock } from '../clock/system-clock.ts';
import type { Environment } from '../env.ts';
import type { Logger } from '../logging/logger.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { createRunner, outcomeCounter } from './create-runner.ts';
import { type OutboxHandler, stripeOutboxHandlers } from './outbox-handlers.ts';
import type { Job, JobRunner } from './runner.ts';
import type { ScheduledJob } from './scheduled-jobs.job.ts';
import { requestRateOf, type StripeMode, stripeModeOf } from './stripe-mode.ts';

export interface BackgroundOptions {
  env: Environment;
  database: Database;
  unitOfWork: UnitOfWork<Tx>;
  platformUnitOfWork: PlatformUnitOfWork<PlatformTx>;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  registry: Registry;
  families: readonly ProductFamily[];
  tracer?: Tracer | undefined;
}

/** Everything between us and Stripe in one process, and the jobs that run by themselves. */
export interface Background {
  gateway: PaymentGateway;
  sync: ReconcileDeps;
  /** The same for jobs: at Stripe's rate limit they give way to calls that somebody waits for. */
  backgroundSync: ReconcileDeps;
  inbox: InboundQueue;
  inboundEvents: ReturnType<typeof createInboundEventDirectory>;
  /** Machine time, for signatures and silence; business time may be simulated. */
  wallClock: SystemClock;
  webhooksReceived: Counter<'outcome'>;
  stripeMode: StripeMode;
  publish: PublishDeps;
  /** Before `createRunner`: what other parts of the product want to run or to have sent. */
  jobs: Job[];
  schedules: ScheduledJob[];
  /** Names of scheduled jobs that this process leaves to others, or to later; may change while it runs. */
  skippedSchedules: Set<string>;
  outboxHandlers: Record<string, OutboxHandler>;
  runner(): JobRunner;
}

/** Any key: the emulator has no accounts. Used only when no key is set. */
const EMULATOR_KEY = 'sk_test_emulator';

export function createBackground(options: BackgroundOptions): Background {
  const { env, database, unitOfWork, clock, ids, families } = options;
  const apiKey = env.STRIPE_SECRET_KEY ?? EMULATOR_KEY;
  const apiBase = stripeApiBase(env);
  const wallClock = new SystemClock();
  const stripeMode = stripeModeOf({ apiKey, apiBase });
  const gateways = createPaymentGateways(createStripeClient({ apiKey, apiBase }), {
    clock: wallClock,
    requestsPerSecond: requestRateOf(stripeMode, env.STRIPE_REQUESTS_PER_SECOND),
  });
  const gateway = gateways.interactive;
  const syncing = { unitOfWork, clock, ids, families, underWay: createUnderWay(database.platform) };
  const background: Background = {
    gateway,
    sync: { ...syncing, gateway },
    backgroundSync: { ...syncing, gateway: gateways.background },
    inbox: createInboundQueue(database.worker),
    inboundEvents: createInboundEventDirectory(database.platform),
    wallClock,
    webhooksReceived: outcomeCounter(
      options.registry,
      'stripe_webhooks_total',
      'Webhook posts by what became of them.',
    ),
    stripeMode,
    publish: {
      platformUnitOfWork: options.platformUnitOfWork,
      gateway,
      clock,
      hash: sha256,
      existingPrices: existingPricesOf(env),
    },
    jobs: [],
    schedules: [],
    skippedSchedules: new Set(),
    outboxHandlers: stripeOutboxHandlers(gateways.background),
    runner: () => (runner ??= createRunner(options, background)),
  };
  let runner: JobRunner | undefined;
  return background;
}

/** The emulator's address, or null for Stripe itself. Without a key there is only the emulator. */
export function stripeApiBase(env: Environment): string | null {
  if (env.STRIPE_API_BASE !== undefined) return env.STRIPE_API_BASE;
  return env.STRIPE_SECRET_KEY === undefined ? `http://127.0.0.1:${env.STRIPE_EMULATOR_PORT}` : null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
