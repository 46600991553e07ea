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

export function ownerOf(kind: Kind, row: Row | null): string | null {
  const field = OWNER_FIELD[kind];
  const owner = field === undefined ? undefined : row?.[field];
  return typeof owner === 'string' ? owner : null;
}

export class OwnerIndex {
  readonly #ids = new Map<string, Set<string>>();
  readonly #owners = new Map<string, string>();

  /** Moves an object to its owner; null takes it out. */
  set(kind: Kind, id: string, owner: string | null): void {
    if (OWNER_FIELD[kind] === undefined) return;
    const object = `${kind} ${id}`;
    const key = owner === null ? undefined : `${kind} ${owner}`;
    const old = this.#owners.get(object);
    if (old === key) return;
    if (old !== undefined) this.#ids.get(old)?.delete(id);
    if (key === undefined) {
      this.#owners.delete(object);
      return;
    }
    this.#owners.set(object, key);
    const ids = this.#ids.get(key) ?? new Set();
    ids.add(id);
    this.#ids.set(key, ids);
  }

  idsOf(kind: Kind, owner: string): Iterable<string> {
    return this.#ids.get(`${kind} ${owner}`) ?? [];
  }

  clear(): void {
    this.#ids.clear();
    this.#owners.clear();
  }
}
