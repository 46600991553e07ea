import { type Caller, type SentEvent, usageBody } from './caller.ts';
import { between, sleep } from './trial.ts';

/** What senders were told is stored. */
export class Acknowledged {
  readonly quantities = new Map<string, number>();
  attempts = 0;

  get total(): number {
    return [...this.quantities.values()].reduce((sum, quantity) => sum + quantity, 0);
  }
}

/**
 * Senders that do what every sender should: make the id, send until acknowledged, and repeat a batch unchanged.
 * They stop when `isOver` says so, each after its batch was acknowledged.
 */
export async function sendUntil(
  caller: Caller,
  journal: Acknowledged,
  options: { senders: number; isOver: () => boolean; batchMax: number; pauseMs?: number },
): Promise<void> {
  let made = 0;
  const sender = async () => {
    while (!options.isOver()) {
      const events = Array.from({ length: between(1, options.batchMax) }, () => {
        made += 1;
        return { id: `sent-${made}`, quantity: between(1, 9) };
      });
      await sendUntilAcknowledged(caller, journal, { events });
      if (options.pauseMs !== undefined) await sleep(options.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: options.senders }, sender));
}

export async function sendUntilAcknowledged(
  caller: Caller,
  journal: Acknowledged,
  { events, occurredAt }: { events: readonly SentEvent[]; occurredAt?: Date },
): Promise<void> {
  // The same bytes every time: a repeated batch with another instant would be other usage.
  const body = usageBody(events, occurredAt);
  for (let attempt = 1; ; attempt += 1) {
    journal.attempts += 1;
    const answer = await caller.post('/v1/usage-events', body).catch(() => undefined);
    const results: { id: string; status: string }[] = answer?.status === 200 ? answer.json.results : [];
    for (const [index, { id, status }] of results.entries()) {
      const sent = events[index];
      if (status !== 'rejected' && sent?.id === id) journal.quantities.set(id, sent.quantity);
    }
    if (events.every(({ id }) => journal.quantities.has(id))) return;
    if (attempt > 600) throw new Error('a batch was never acknowledged');
    await sleep(between(20, 150));
  }
}
