import { createCachedGet } from './cached-get.ts';
import { createLimits, type LimitsApi, type OutagePolicyOf } from './limits.ts';
import { ReportQueue, type ReportQueueOptions } from './report-queue.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { UsageBuffer, type UsageBufferOptions } from './usage-buffer.ts';
import type { UsageEvent } from './usage-event.ts';

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

/** What your own books say a level was. */
export interface OwnLevel {
  organization: string;
  feature: string;
  level: string | number;
  at?: string | Date;
}

/** What your own books say about a span of time, half-open. */
export interface OwnFigures {
  organization: string;
  meter: string;
  from: string | Date;
  to: string | Date;
  /** How many events. */
  count: number;
  total: string | number;
  /** Of one client; absent = of all. */
  client?: string;
}

export interface Metergate {
  usage: {
    /** Puts an event into the buffer and answers its id; never waits. */
    record(event: UsageEvent): string;
    /**
     * The same, resolved when the journal has it: from then on it is counted, also when this process ends at once.
     * Without a journal, or when the disk refuses, it is in memory alone.
     */
    keep(event: UsageEvent): Promise<string>;
    /** Resolves when everything recorded so far is acknowledged. */
    flush(timeoutMs?: number): Promise<void>;
    /** Events that are not acknowledged yet. */
    readonly pending: number;
    /**
     * Sends what is still buffered, then compares your figures with the server's, which keeps both for people to see.
     * Events of the span that other processes still hold make them differ.
     */
    check(figures: OwnFigures): Promise<{ equal: boolean; ours: { count: number; total: string } }>;
  };
  limits: LimitsApi;
  gauges: {
    /** Reports the present level of an allocated feature; kept and sent later while the server cannot be reached. */
    set(level: GaugeLevel): Promise<void>;
    /**
     * Sends what is still kept, then compares your level at an instant (default: now) with the server's, which keeps
     * both for people to see.
     */
    check(level: OwnLevel): Promise<{ equal: boolean; ours: string }>;
    /** Ended work and levels that the server has not taken yet. */
    readonly pending: number;
  };
  entitlements: { get(organization: string): Promise<Entitlements> };
  flags: { get(organization: string): Promise<unknown> };
  /**
   * Flushes and stops; call it when your process ends. Rejects when the server cannot be reached in time: what is left
   * is in the journal, or lost where there is none.
   */
  shutdown(timeoutMs?: number): Promise<void>;
}

/** A client for one server and key. Needs only `fetch`: Node ≥ 20, Deno, Bun and edge runtimes. */
export function createMetergate(options: MetergateOptions): Metergate {
  const send = createTransport(options);
  const buffer = new UsageBuffer(send, options);
  const reports = new ReportQueue(send, options);
  const get = createCachedGet(send);
  const stopLooking = options.journal && lookForLeftOvers([buffer.outgoing, reports.outgoing]);
  const pathOf = (organization: string, what: string) =>
    `/v1/organizations/${encodeURIComponent(organization)}/${what}`;
  return {
    usage: {
      record: (event) => buffer.record(event),
      keep: (event) => buffer.keep(event),
      flush: (timeoutMs) => buffer.outgoing.flush(timeoutMs),
      get pending() {
        return buffer.outgoing.pending.size;
      },
      async check({ from, to, ...figures }) {
        await buffer.outgoing.flush();
        const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
        const { body } = await send({
          method: 'POST',
          path: '/v1/usage-checks',
          body: { ...figures, ...span },
        });
        return body as { equal: boolean; ours: { count: number; total: string } };
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
      async check({ at = new Date(), ...level }) {
        await reports.outgoing.flush();
        const body = { ...level, at: new Date(at).toISOString() };
        const answer = await send({ method: 'POST', path: '/v1/level-checks', body });
        return answer.body as { equal: boolean; ours: string };
      },
      get pending() {
        return reports.outgoing.pending.size;
      },
    },
    entitlements: {
      get: async (organization) => (await get(pathOf(organization, 'entitlements'))) as Entitlements,
    },
    flags: { get: (organization) => get(pathOf(organization, 'flags')) },
    async shutdown(timeoutMs = 10_000) {
      const deadline = performance.now() + timeoutMs;
      const queues = [buffer.outgoing, reports.outgoing];
      const flushed = await Promise.allSettled(queues.map((queue) => queue.flush(timeoutMs)));
      stopLooking?.();
      await Promise.all(queues.map((queue) => queue.stop(deadline - performance.now())));
      for (const result of flushed) if (result.status === 'rejected') throw result.reason;
    },
  };
}

const leftOversMs = 60_000;

/** Another process of this journal may end at any time without a successor. */
function lookForLeftOvers(queues: readonly { takeLeftOvers(): Promise<void> }[]): () => void {
  // What fails there was told to `onJournalFailed` already.
  const look = () => void Promise.allSettled(queues.map((queue) => queue.takeLeftOvers()));
  look();
  const timer = setInterval(look, leftOversMs);
  if (typeof timer === 'object') timer.unref?.();
  return () => clearInterval(timer);
}
