import { isKept } from '@metergate/core/limits/counter-key';
import type { CounterKey } from '@metergate/core/limits/limits.ports';
import {
  areSameLevels,
  type CounterRow,
  isTouchedBy,
  rowName,
  rowNameOf,
  type TouchedUsage,
} from './counter-lookup.ts';

const rowsMax = 100;
const queuesMax = 2_000;

interface Known {
  rows: Map<string, CounterRow>;
  /** The last look under the lock found what was foreseen: nobody else seems to move these totals. */
  isTrusted: boolean;
}

/**
 * What the counters of a queue will show when they are locked next, as long as nobody else moves them. A guess that is
 * compared with the locked rows before anything is committed, never a truth: another process that adds to the same
 * totals makes it wrong, and after one wrong guess the totals are read before they are decided on until a look finds
 * what was foreseen.
 */
export class ForeseenCounters {
  readonly #known = new Map<string, Known>();

  /** The rows that the lock is expected to find; `undefined` when there is no reason to expect anything. */
  expect(name: string, keys: readonly CounterKey[], touched: TouchedUsage): CounterRow[] | undefined {
    const known = this.#known.get(name);
    if (known === undefined || !known.isTrusted || !keys.every(isKept)) return undefined;
    const named = keys.map(rowNameOf);
    if (!named.every((key) => known.rows.has(key))) return undefined;
    const wanted = new Set(named);
    const [key] = keys;
    return [...known.rows].flatMap(([rowKey, row]) =>
      wanted.has(rowKey) || (row.feature === key?.feature && isTouchedBy(row, touched)) ? [row] : [],
    );
  }

  /** Tells what a lock has found, and what stands there after the commit. */
  learn(name: string, found: readonly CounterRow[], after: readonly CounterRow[]): void {
    const known = this.#known.get(name) ?? { rows: new Map<string, CounterRow>(), isTrusted: true };
    known.isTrusted = found.every((row) => {
      const foreseen = known.rows.get(rowName(row));
      return foreseen === undefined || areSameLevels(foreseen, row);
    });
    if (known.rows.size > rowsMax) known.rows.clear();
    for (const row of after) known.rows.set(rowName(row), row);
    // Back in as the youngest: the oldest goes first.
    this.#known.delete(name);
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > queuesMax && oldest !== undefined) this.#known.delete(oldest);
  }

  /** After a guess that was wrong. */
  distrust(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) known.isTrusted = false;
  }
}
