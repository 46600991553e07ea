/** Taken from one organization before the next one has its turn. */
const turnSize = 100;

/** A queue per organization, emptied in turns: a flood from one does not keep the others waiting behind it. */
export class FairQueue<T> {
  readonly #queues = new Map<string, { items: T[]; next: number }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(organizationId: string): number {
    const queue = this.#queues.get(organizationId);
    return queue === undefined ? 0 : queue.items.length - queue.next;
  }

  add(organizationId: string, item: T): void {
    const queue = this.#queues.get(organizationId);
    if (queue === undefined) this.#queues.set(organizationId, { items: [item], next: 0 });
    else queue.items.push(item);
    this.#size += 1;
  }

  /** Whether somebody waits with more than `size` items. */
  hasLonger(size: number): boolean {
    return [...this.#queues.values()].some((queue) => queue.items.length - queue.next > size);
  }

  /** Up to `countMax` items, in order within each organization; only of those that `wanted` names. */
  take(countMax: number, wanted: (organizationId: string, waiting: number) => boolean = () => true): T[] {
    const taken: T[] = [];
    for (let before = -1; taken.length < countMax && before < taken.length; ) {
      before = taken.length;
      for (const [organizationId, queue] of this.#queues) {
        if (!wanted(organizationId, queue.items.length - queue.next)) continue;
        this.#takeTurn(organizationId, taken, countMax);
        if (taken.length === countMax) break;
      }
    }
    return taken;
  }

  #takeTurn(organizationId: string, taken: T[], countMax: number): void {
    const queue = this.#queues.get(organizationId);
    if (queue === undefined) return;
    const count = Math.min(turnSize, countMax - taken.length, queue.items.length - queue.next);
    for (let n = 0; n < count; n += 1) taken.push(queue.items[queue.next + n] as T);
    queue.next += count;
    this.#size -= count;
    // Back to the end of the line, so that the next call begins with somebody else.
    this.#queues.delete(organizationId);
    if (queue.next < queue.items.length) this.#queues.set(organizationId, compact(queue));
  }
}

/** Forgets what was taken once it is most of the list, so that a long queue is not copied again and again. */
function compact<T>(queue: { items: T[]; next: number }): { items: T[]; next: number } {
  if (queue.next < 10_000 || queue.next * 2 < queue.items.length) return queue;
  return { items: queue.items.slice(queue.next), next: 0 };
}
