import type { Database } from '@metergate/db';
import type { createClient } from '@redis/client';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import { describeError, type Logger } from '../logging/logger.ts';
import {
  type RateLimitName,
  type RateLimitRule,
  rareCalls,
  rateLimitNames,
  ruleOf,
} from './rate-limit-rules.ts';

/** A sign-in must not wait for a counter: without an answer by then this process counts for itself. */
const answerMsMax = 250;
/** The database has other work as well, and a sign-in needs it anyway. */
const databaseAnswerMsMax = 1_000;
const connectMsMax = 2_000;
const retryMsMax = 5_000;

export interface SharedCounters {
  /** `undefined` for what each process counts for itself. */
  limiterOf(name: RateLimitName, rule: RateLimitRule): RateLimiterAbstract | undefined;
  close(): Promise<void>;
}

/** One limiter per name; counted in this process, or together with all the others. */
export function limitersOf(
  overrides: Readonly<Record<string, string>>,
  shared: SharedCounters | undefined,
): ReadonlyMap<RateLimitName, RateLimiterAbstract> {
  return new Map(
    rateLimitNames.map((name) => {
      const rule = ruleOf(name, overrides);
      return [name, shared?.limiterOf(name, rule) ?? memoryLimiter(name, rule)];
    }),
  );
}

/** Redis has a large library, loaded only where the settings name a Redis. */
export type RedisLibrary = { createClient: typeof createClient };

/**
 * Counters that all processes share. Connects in the background and again after every break; while Redis is away or
 * does not answer in time, each process counts for itself, so that a limit never becomes no limit.
 */
export function connectSharedCounters(
  redis: RedisLibrary,
  { url, log }: { url: string; log: Logger },
): SharedCounters {
  let isAway = false;
  const client = redis.createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectMsMax,
      reconnectStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 10), retryMsMax),
    },
  });
  client.on('error', (error: unknown) => {
    if (!isAway) log.error({ error: describeError(error) }, 'Redis is away: rate limits count per process');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) log.info('Redis is back: rate limits are shared again');
    isAway = false;
  });
  // Failures arrive as events, and the client tries again by itself.
  void client.connect().catch(() => undefined);
  return {
    limiterOf(name, rule) {
      const limiter = new RateLimiterRedis({
        ...pointsOf(rule),
        storeClient: client,
        useRedisPackage: true,
        keyPrefix: `metergate:rate:${name}`,
        rejectIfRedisNotReady: true,
        insuranceLimiter: memoryLimiter(name, rule),
      });
      return new RLWrapperTimeouts({ limiter, timeoutMs: answerMsMax });
    },
    async close() {
      client.destroy();
    },
  };
}

/**
 * Counters in the database, for what is rare; everything else would be a write for each call of the console, and is
 * counted by each process. A database that is away or does not answer in time ends no limit here either.
 */
export function countersInDatabase({ auth: pool }: Pick<Database, 'auth'>): SharedCounters {
  return {
    limiterOf(name, rule) {
      if (!rareCalls.has(name)) return undefined;
      const limiter = new RateLimiterPostgres({
        ...pointsOf(rule),
        storeClient: pool,
        storeType: 'pool',
        schemaName: 'auth',
        tableName: 'rate_count',
        tableCreated: true,
        keyPrefix: name,
        insuranceLimiter: memoryLimiter(name, rule),
      });
      return new RLWrapperTimeouts({ limiter, timeoutMs: databaseAnswerMsMax });
    },
    close: async () => undefined,
  };
}

function memoryLimiter(name: RateLimitName, rule: RateLimitRule): RateLimiterMemory {
  return new RateLimiterMemory({ ...pointsOf(rule), keyPrefix: name });
}

function pointsOf(rule: RateLimitRule) {
  return { points: rule.max, duration: rule.windowSeconds, blockDuration: rule.blockSeconds };
}
