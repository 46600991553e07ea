export interface OpenStream {
  status: number;
  headers: Headers;
  /** Topics as they arrived, each event on its own. */
  events: string[][];
  ids: string[];
  /** What the server gave the page before any event. */
  firstId: string | undefined;
  /** Milliseconds since 1970 of the first event that names the topic, from now on. */
  next(topic: string, withinMs?: number): Promise<number>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): void;
}

/** A page with an open stream, without the reconnecting of a browser. */
export async function openStream(
  url: string,
  options: { cookie: string; organization: string; lastEventId?: string },
): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/live?organization=${options.organization}`, {
    headers: {
      cookie: options.cookie,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId }),
    },
    signal: abort.signal,
  });
  const events: string[][] = [];
  const ids: string[] = [];
  const heard: Heard = { events, ids, firstId: undefined };
  const ended = response.status === 200 ? read(response, heard) : Promise.resolve();
  return {
    status: response.status,
    headers: response.headers,
    events,
    ids,
    get firstId() {
      return heard.firstId;
    },
    async next(topic, withinMs = 5_000) {
      const from = events.length;
      const until = Date.now() + withinMs;
      while (Date.now() < until) {
        if (events.slice(from).some((topics) => topics.includes(topic))) return Date.now();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`nothing about ${topic} within ${withinMs} ms`);
    },
    ended,
    close: () => abort.abort(),
  };
}

interface Heard {
  events: string[][];
  ids: string[];
  firstId: string | undefined;
}

async function read(response: Response, into: Heard): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) take(part, into);
    }
  } catch {
    // Closed by the test, or cut by the server.
  }
}

function take(part: string, into: Heard): void {
  const fields = new Map(part.split('\n').map((line) => [line.split(': ')[0], line.split(': ')[1] ?? '']));
  into.firstId ??= fields.get('id');
  if (fields.get('event') !== 'changed') return;
  into.events.push(JSON.parse(fields.get('data') ?? '{}').topics);
  into.ids.push(fields.get('id') ?? '');
}
