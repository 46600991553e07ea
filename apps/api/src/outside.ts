import { type ClickHouseClient, connectClickHouse } from '@metergate/db';
import type { Environment } from './env.ts';
import type { RedisLibrary } from './rate-limits/shared-limiter.ts';
import { loadTracer, type Tracer } from './tracing/tracer.ts';

/** Services beside PostgreSQL and Stripe that an installation may have. */
export interface Outside {
  /** Traces to the collector. */
  tracer?: Tracer | undefined;
  /** Where replicas count rate limits together. */
  redis?: RedisLibrary | undefined;
  /** The store that answers questions about usage. */
  clickhouse?: ClickHouseClient | undefined;
}

/** Loads the libraries of those services that the settings name, and of no other: every start would pay for them. */
export async function loadOutside(env: Environment): Promise<Outside> {
  const [tracer, redis, clickhouse] = await Promise.all([
    loadTracer(env),
    env.REDIS_URL === undefined ? undefined : import('@redis/client'),
    env.USAGE_STORE !== 'clickhouse' || env.CLICKHOUSE_URL === undefined
      ? undefined
      : connectClickHouse(env.CLICKHOUSE_URL),
  ]);
  return { tracer, redis, clickhouse };
}
