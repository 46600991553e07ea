import type { Row } from './rows.ts';
import type { Kind } from './tables.ts';

/** The field that owns rows of a kind; what belongs to one owner is found without reading the whole table. */
const OWNER_FIELD: Partial<Record<Kind, string>> = {
  subscription: 'customer',
  invoice: 'customer',
  invoiceitem: 'customer',
  invoice_payment: 'invoice',
  payment_method: 'customer',
  meter_event: 'customer',
  'entitlements.active_entitlement': '_customer',
};

export class OwnerIndex {
  readonly #ids = new Map<string, Set<string>>();

  replace(kind: Kind, before: Row | undefined, after: Row | undefined): void {
    const field = OWNER_FIELD[kind];
    if (field === undefined) return;
    const old = before && this.#key(kind, before[field]);
    const key = after && this.#key(kind, after[field]);
    if (old === key) return;
    if (before && old !== undefined) this.#ids.get(old)?.delete(before.id);
    if (!after || key === undefined) return;
    const ids = this.#ids.get(key) ?? new Set();
    ids.add(after.id);
    this.#ids.set(key, ids);
  }

  idsOf(kind: Kind, owner: string): Iterable<string> {
    return this.#ids.get(`${kind} ${owner}`) ?? [];
  }

  clear(): void {
    this.#ids.clear();
  }

  #key(kind: Kind, owner: unknown): string | undefined {
    return typeof owner === 'string' ? `${kind} ${owner}` : undefined;
  }
}
