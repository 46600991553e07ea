import { createCachedGet } from './cached-get.ts';
import { createLimits, type LimitsApi, type OutagePolicyOf } from './limits.ts';
import { ReportQueue, type ReportQueueOptions } from './report-queue.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { UsageBuffer, type UsageBufferOptions, type UsageEvent } from './usage-buffer.ts';

export interface MetergateOptions extends TransportOptions, UsageBufferOptions, ReportQueueOptions {
  /** What limits answer while the server cannot be reached, for all features or by feature; default `closed`. */
  onUnavailable?: OutagePolicyOf | undefined;
}

export interface Entitlements {
  organization: string;
  plans: { family: string; plan: string; version: number; access: string; status: string }[];
  features: Record<
    string,
    {
      kind: 'metered' | 'allocated' | 'boolean' | 'config';
      enabled: boolean;
      limit: string | null;
      used: string | null;
      remaining: string | null;
      value?: unknown;
    }
  >;
  asOf: string;
}

export interface GaugeLevel {
  organization: string;
  feature: string;
  value: string | number;
  /** Default: now. An older report than the last one changes nothing. */
  occurredAt?: string | Date;
  /** The same id again changes nothing; default: a random one. */
  id?: string;
}

export interface Metergate {
  usage: {
    /** Puts an event into the buffer and answers its id; never waits. */
    record(event: UsageEvent): string;
    /** Resolves when everything recorded so far is acknowledged. */
    flush(timeoutMs?: number): Promise<void>;
    /** Events that are not acknowledged yet. */
    readonly pending: number;
  };
  limits: LimitsApi;
  gauges: {
    /** Reports the present level of an allocated feature; kept and sent later while the server cannot be reached. */
    set(level: GaugeLevel): Promise<void>;
    /** Ended work and levels that the server has not taken yet. */
    readonly pending: number;
  };
  entitlements: { get(organization: string): Promise<Entitlements> };
  flags: { get(organization: string): Promise<unknown> };
  /** Flushes and stops the timers; call it when your process ends. */
  shutdown(timeoutMs?: number): Promise<void>;
}

/** A client for one server and key. Needs only `fetch`: Node ≥ 20, Deno, Bun and edge runtimes. */
export function createMetergate(options: MetergateOptions): Metergate {
  const send = createTransport(options);
  const buffer = new UsageBuffer(send, options);
  const reports = new ReportQueue(send, options);
  const get = createCachedGet(send);
  const pathOf = (organization: string, what: string) =>
    `/v1/organizations/${encodeURIComponent(organization)}/${what}`;
  return {
    usage: {
      record: (event) => buffer.record(event),
      flush: (timeoutMs) => buffer.flush(timeoutMs),
      get pending() {
        return buffer.size;
      },
    },
    limits: createLimits(send, { buffer, reports }, options.onUnavailable ?? 'closed'),
    gauges: {
      set: ({ organization, feature, value, occurredAt = new Date(), id = crypto.randomUUID() }) =>
        reports.deliver({
          method: 'PUT',
          path: pathOf(organization, `gauges/${encodeURIComponent(feature)}`),
          body: { value, id, occurredAt: new Date(occurredAt).toISOString() },
        }),
      get pending() {
        return reports.size;
      },
    },
    entitlements: {
      get: async (organization) => (await get(pathOf(organization, 'entitlements'))) as Entitlements,
    },
    flags: { get: (organization) => get(pathOf(organization, 'flags')) },
    async shutdown(timeoutMs) {
      try {
        await Promise.all([buffer.flush(timeoutMs), reports.flush(timeoutMs)]);
      } finally {
        buffer.stop();
        reports.stop();
      }
    },
  };
}
