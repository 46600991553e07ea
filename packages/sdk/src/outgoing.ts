import { Delivery } from './delivery.ts';
import { PendingLines, type PendingLinesOptions } from './pending-lines.ts';
import { type Tellings, tell } from './tellings.ts';

export interface OutgoingOptions extends Omit<PendingLinesOptions, 'onJournalFailed'> {
  tellings: Tellings;
  /** Sends everything that waits; rejects when some of it has to wait longer. */
  sendAll: () => Promise<void>;
}

/** What waits for the server, whatever it is, and when it is sent. */
export class Outgoing {
  readonly pending: PendingLines;
  readonly delivery: Delivery;

  constructor({ tellings, sendAll, ...lines }: OutgoingOptions) {
    this.pending = new PendingLines({
      ...lines,
      onJournalFailed: (error) => tell(() => tellings.onJournalFailed?.(error)),
    });
    this.delivery = new Delivery({
      work: sendAll,
      hasWork: () => !this.pending.isEmpty,
      onFailed: (error) => tell(() => tellings.onDeliveryFailed?.(error)),
    });
  }

  /** Resolves when the server has everything that waits now; rejects when it cannot be reached in time. */
  async flush(timeoutMs = 10_000): Promise<void> {
    await this.delivery.flush(this.pending.untilSettled(), timeoutMs);
  }

  async takeLeftOvers(): Promise<void> {
    await this.pending.takeLeftOvers();
    if (!this.pending.isEmpty) this.delivery.now();
  }

  async stop(waitMs: number): Promise<void> {
    await this.delivery.stop(waitMs);
    await this.pending.release();
  }
}
