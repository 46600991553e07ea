import type { Row } from '../store/rows.ts';
import type { Kind } from '../store/tables.ts';
import type { World } from '../world.ts';
import { act, dueAt, isActing } from './actors.ts';
import { DueQueue } from './due-queue.ts';

const STEPS_MAX = 1_000_000;

interface Identity {
  kind: Kind;
  id: string;
}

/** Queues of what happens when: one for the account's clock, one for each test clock. */
export class Schedule {
  readonly #queues = new Map<string, DueQueue>();
  #unread: Iterator<Identity> | null = null;

  /** Takes over stored rows without reading them yet: starting does not wait for rows that nobody asks for. */
  takeOver(identities: Iterable<Identity>): void {
    this.#unread = identities[Symbol.iterator]();
  }

  get hasUnread(): boolean {
    return this.#unread !== null;
  }

  /** Reads when some of the rows that were taken over are due; false when none are left. */
  readSome(world: World, count: number): boolean {
    for (let read = 0; this.#unread && read < count; read++) {
      const next = this.#unread.next();
      if (next.done) this.#unread = null;
      else this.#readOne(world, next.value);
    }
    return this.#unread !== null;
  }

  #readOne(world: World, { kind, id }: Identity): void {
    const row = isActing(kind) ? world.store.get(kind, id) : undefined;
    if (row) this.note(world, kind, row);
  }

  /** Called whenever a row is stored. */
  note(world: World, kind: Kind, row: Row): void {
    if (!isActing(kind)) return;
    this.#queue(clockOf(row)).set(`${kind} ${row.id}`, dueAt(world, kind, row.id));
  }

  /** Does everything that is due until `until` (seconds) in order of time; `enter` moves the clock there. */
  run(
    world: World,
    clock: string,
    { until, enter }: { until: number; enter: (at: number, work: () => void) => void },
  ): number {
    this.readSome(world, Number.POSITIVE_INFINITY);
    const queue = this.#queue(clock);
    let steps = 0;
    for (let next = queue.peek(until); next; next = queue.peek(until)) {
      const { key, at } = next;
      const gap = key.indexOf(' ');
      const [kind, id] = [key.slice(0, gap), key.slice(gap + 1)];
      enter(at, () => {
        if (isActing(kind)) act(world, kind, id);
      });
      this.#requeue(world, { kind, id, at });
      world.store.commit();
      steps += 1;
      if (steps > STEPS_MAX) throw new Error(`more than ${STEPS_MAX} due actions: ${key} does not settle`);
    }
    return steps;
  }

  forget(): void {
    this.#queues.clear();
    this.#unread = null;
  }

  /** An action that left its object due at the same time would never end. */
  #requeue(world: World, { kind, id, at }: { kind: string; id: string; at: number }): void {
    if (!isActing(kind) || !world.store.get(kind, id)) {
      for (const queue of this.#queues.values()) queue.set(`${kind} ${id}`, null);
      return;
    }
    if (dueAt(world, kind, id) === at && kind !== 'subscription')
      throw new Error(`${kind} ${id} stays due at ${at}`);
  }

  #queue(clock: string): DueQueue {
    let queue = this.#queues.get(clock);
    if (!queue) {
      queue = new DueQueue();
      this.#queues.set(clock, queue);
    }
    return queue;
  }
}

/** Checkout sessions have no `test_clock` on the wire but follow their customer's. */
function clockOf(row: Row): string {
  const clock = row.test_clock ?? row._clock;
  return typeof clock === 'string' ? clock : '';
}
