import { counterName } from '@metergate/core/limits/counter-key';
import type { CounterKey, CounterLevels } from '@metergate/core/limits/limits.ports';
import { addQuantities, type Quantity } from '@metergate/core/shared/money/quantity';
import type { UsageEventDraft } from '@metergate/core/usage/usage-event';
import { readerOf } from './counter-lookup.ts';

/** The locked totals, moving on with each decision of the batch. */
export class RunningLevels {
  readonly #keys: readonly CounterKey[];
  readonly #levels: Map<string, CounterLevels>;
  readonly read: (key: CounterKey) => CounterLevels;

  constructor(keys: readonly CounterKey[], levels: Map<string, CounterLevels>) {
    this.#keys = keys;
    this.#levels = levels;
    this.read = readerOf(levels);
  }

  /** Adds to every total that the statement which writes the event adds to. */
  add({ meter, clientId, occurredAt }: UsageEventDraft, quantity: Quantity): void {
    for (const key of this.#keys) {
      const isCounted =
        key.feature === meter &&
        (key.clientId === undefined || key.clientId === clientId) &&
        key.window.start <= occurredAt &&
        occurredAt < key.window.end;
      if (!isCounted) continue;
      const { used, reserved } = this.read(key);
      this.#levels.set(counterName(key), { used: addQuantities(used, quantity), reserved });
    }
  }
}
