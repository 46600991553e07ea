import { randomInt } from 'node:crypto';

/** What may go wrong with webhook deliveries; everything applies to each delivery attempt. */
export interface WebhookFaults {
  /** Part of deliveries (0…1) that are never sent and never retried. */
  drop?: number;
  /** Extra copies of each delivery. */
  duplicate?: number;
  delayMs?: number;
  /** The body of a delivery takes this long to arrive. */
  slowMs?: number;
  /** Deliveries are held until this many wait, then sent in random order. */
  shuffle?: number;
  corruptSignature?: boolean;
  wrongSecret?: boolean;
  /** Signature timestamps lie this many seconds in the past (negative: in the future). */
  staleSeconds?: number;
  /** Only these event types are affected. */
  types?: string[];
}

/** One rule about API calls; the first rule that matches a call applies. */
export interface ApiFault {
  /** `METHOD /path` prefix, e.g. `POST /v1/subscriptions`; absent = every call. */
  route?: string;
  kind: 'rate_limit' | 'error_500' | 'conflict' | 'lock_timeout' | 'drop' | 'latency' | 'outage';
  /** Whether the work is done before the failure (the caller cannot tell). */
  when?: 'before' | 'after';
  probability?: number;
  /** How many times it applies; absent = until cleared. */
  times?: number;
  latencyMs?: number;
  reason?: string;
}

export interface FaultSettings {
  webhooks: WebhookFaults;
  api: ApiFault[];
}

export class Faults {
  #settings: FaultSettings = { webhooks: {}, api: [] };

  get settings(): FaultSettings {
    return this.#settings;
  }

  set(settings: Partial<FaultSettings>): void {
    this.#settings = {
      webhooks: settings.webhooks ?? {},
      api: (settings.api ?? []).map((rule) => ({ ...rule })),
    };
  }

  webhookFaults(type: string): WebhookFaults {
    const { webhooks } = this.#settings;
    return webhooks.types && !webhooks.types.includes(type) ? {} : webhooks;
  }

  /** Takes the rule that applies to this call, counting it down. */
  takeApiFault(method: string, path: string): ApiFault | undefined {
    const rule = this.#settings.api.find(
      (candidate) =>
        (candidate.times === undefined || candidate.times > 0) &&
        (candidate.route === undefined || `${method} ${path}`.startsWith(candidate.route)) &&
        happens(candidate.probability ?? 1),
    );
    if (rule?.times !== undefined) rule.times -= 1;
    return rule && { ...rule };
  }
}

export function happens(probability: number): boolean {
  return probability >= 1 || randomInt(1_000_000) < probability * 1_000_000;
}
