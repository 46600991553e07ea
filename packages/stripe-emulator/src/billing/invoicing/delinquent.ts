import { emitChange } from '../../events/emit.ts';
import type { World } from '../../world.ts';

/**
 * A customer is delinquent after an automatic payment failed or a due date passed, until an invoice is paid or
 * forgiven: the latest of these says what they are.
 */
export function setDelinquent(world: World, customer: string, delinquent: boolean): void {
  const before = world.store.get('customer', customer);
  if (!before || (before.delinquent ?? false) === delinquent) return;
  const after = world.store.put('customer', { ...before, delinquent });
  emitChange(world, 'customer.updated', { before, after });
}
