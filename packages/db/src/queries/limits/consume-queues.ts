import { counterName } from '@metergate/core/limits/counter-key';
import type { ConsumeCommand, CounterKey, Settled } from '@metergate/core/limits/limits.ports';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import { type Approach, type ConsumeBatch, consumeBatch, type LedgerOptions } from './consume-batch.ts';
import { consumeForeseen } from './consume-foreseen.ts';
import type { ConsumeOutcome } from './consume-plan.ts';

interface Waiting {
  command: ConsumeCommand;
  resolve: (settled: Settled) => void;
  reject: (error: unknown) => void;
}

interface Taken extends ConsumeBatch {
  waiting: readonly Waiting[];
}

/** Of one counter in one message; more would make everybody behind them wait. */
const batchSizeMax = 500;
/** Of several counters in one message, so that nobody waits long for others. */
const sharedSizeMax = 128;
/** At a time: while one is committed, another is decided. */
const messagesMax = 2;

export interface ConsumeQueuesOptions extends LedgerOptions {
  /** Around each joined decision, once for all who share it. */
  around: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Requests wait by counter and leave whenever one of a few messages is free, together with those of other counters:
 * what a transaction costs besides its usage is most of it, and so is shared. One decision at a time for each feature
 * of an organization; what cannot be decided together does not hold up the others.
 */
export class ConsumeQueues {
  readonly #options: ConsumeQueuesOptions;
  /** By counter; the first has waited longest. */
  readonly #queues = new Map<string, Waiting[]>();
  /** Features of organizations that are being decided. */
  readonly #busy = new Set<string>();
  #messages = 0;
  #isAboutToSend = false;

  constructor(options: ConsumeQueuesOptions) {
    this.#options = options;
  }

  consume(command: ConsumeCommand): Promise<Settled> {
    return new Promise((resolve, reject) => {
      const name = counterName(command.key);
      const waiting = { command, resolve, reject };
      const queue = this.#queues.get(name);
      if (queue === undefined) this.#queues.set(name, [waiting]);
      else queue.push(waiting);
      this.#sendSoon();
    });
  }

  /** Requests that arrive in the same turn of the event loop share a message. */
  #sendSoon(): void {
    if (this.#isAboutToSend || this.#messages >= messagesMax) return;
    this.#isAboutToSend = true;
    setImmediate(() => {
      this.#isAboutToSend = false;
      this.#send();
    });
  }

  /** @returns whether anything was sent */
  #send(): boolean {
    if (this.#messages >= messagesMax) return false;
    const taken = this.#take();
    if (taken.length === 0) return false;
    void this.#decide(taken);
    return true;
  }

  #take(): Taken[] {
    const taken: Taken[] = [];
    let count = 0;
    for (const [name, queue] of this.#queues) {
      const [first] = queue;
      const size = Math.min(queue.length, batchSizeMax);
      const isShared = count + size <= sharedSizeMax;
      if (first === undefined || (count > 0 && !isShared) || this.#busy.has(busyName(first.command.key)))
        continue;
      const waiting = queue.splice(0, size);
      const { key } = first.command;
      taken.push({ key, waiting, commands: waiting.map(({ command }) => command) });
      this.#busy.add(busyName(key));
      this.#queues.delete(name);
      // What is left has to let the others go first.
      if (queue.length > 0) this.#queues.set(name, queue);
      count += size;
      if (count >= sharedSizeMax) break;
    }
    return taken;
  }

  async #decide(taken: readonly Taken[]): Promise<void> {
    this.#messages += 1;
    const { around } = this.#options;
    const found = await settledWith(() => around(() => consumeForeseen(this.#options, taken)));
    this.#messages -= 1;
    const answers = taken.map((batch, n) => {
      const answer = 'error' in found ? found : found.value[n];
      if (typeof answer === 'string') void this.#decideAlone(batch, answer);
      else this.#busy.delete(busyName(batch.key));
      return answer;
    });
    const answerAll = () => {
      for (const [n, batch] of taken.entries()) {
        const answer = answers[n];
        if (typeof answer !== 'string') answerWith(batch, answer);
      }
    };
    // What waits is on its way to the database before anybody is answered, so that it works meanwhile.
    if (this.#send()) setImmediate(answerAll);
    else answerAll();
  }

  async #decideAlone(batch: Taken, how: Approach): Promise<void> {
    const { around } = this.#options;
    const found = await settledWith(() => around(() => consumeBatch(this.#options, batch, how)));
    this.#busy.delete(busyName(batch.key));
    this.#send();
    answerWith(batch, 'error' in found ? found : found.value);
  }
}

/** Counters of one feature are moved by the same usage. */
function busyName({ organizationId, feature }: CounterKey): string {
  return `${organizationId} ${feature}`;
}

interface Failed {
  error: unknown;
}

async function settledWith<T>(work: () => Promise<T>): Promise<{ value: T } | Failed> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function answerWith({ waiting }: Taken, answer: ConsumeOutcome[] | Failed | undefined): void {
  for (const [n, { resolve, reject }] of waiting.entries()) {
    if (answer === undefined || 'error' in answer) reject(answer?.error);
    else if (answer[n]?.kind === 'settled') resolve(answer[n].settled);
    else reject(usageRejected('USAGE_EVENT_ID_REUSED'));
  }
}
