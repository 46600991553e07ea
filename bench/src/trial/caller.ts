export interface CallAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: trials look into answers of any form
  json: any;
  headers: Headers;
  tookMs: number;
}

export interface Caller {
  post(path: string, body: unknown, options?: { timeoutMs?: number }): Promise<CallAnswer>;
  put(path: string, body: unknown): Promise<CallAnswer>;
  get(path: string): Promise<CallAnswer>;
}

/** Calls of one API process; connection failures and time-outs throw, every status is an answer. */
export function createCaller(target: { url: string; key: string }): Caller {
  async function call(method: string, path: string, init: { body?: string; timeoutMs?: number }) {
    const startedAt = performance.now();
    const response = await fetch(target.url + path, {
      method,
      headers: { authorization: `Bearer ${target.key}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(init.timeoutMs ?? 15_000),
      ...(init.body === undefined ? {} : { body: init.body }),
    }).catch((cause: Error) => {
      // By itself a time-out does not say what took so long.
      throw new Error(`${method} ${path}: ${cause.message}`, { cause: cause.cause ?? cause });
    });
    const text = await response.text();
    const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
    const tookMs = performance.now() - startedAt;
    return { status: response.status, json, headers: response.headers, tookMs } as CallAnswer;
  }
  return {
    post: (path, body, options) => call('POST', path, { ...options, body: JSON.stringify(body) }),
    put: (path, body) => call('PUT', path, { body: JSON.stringify(body) }),
    get: (path) => call('GET', path, {}),
  };
}

export interface SentEvent {
  id: string;
  quantity: number;
}

/** Events as a sender reports them; occurred just now. */
export function usageBody(
  events: readonly SentEvent[],
  occurredAt = new Date(),
  properties?: object,
): object {
  return {
    events: events.map(({ id, quantity }) => ({
      id,
      organization: 'acme',
      meter: 'execution',
      quantity: String(quantity),
      occurredAt: occurredAt.toISOString(),
      properties,
    })),
  };
}
