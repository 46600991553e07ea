/** 40001 serialization failure, 40P01 deadlock; P2034 is Prisma's word for both. */
const conflictCodes: ReadonlySet<unknown> = new Set(['40001', '40P01', 'P2034']);

/** Follows the places where Prisma, its adapter and our own errors keep what PostgreSQL said. */
export function isTransactionConflict(error: unknown): boolean {
  let pending: unknown[] = [error];
  for (let depth = 0; depth < 6 && pending.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of pending) {
      if (typeof value !== 'object' || value === null) continue;
      const fields = value as Record<string, unknown>;
      if (conflictCodes.has(fields.code) || conflictCodes.has(fields.originalCode)) return true;
      if (fields.kind === 'TransactionWriteConflict') return true;
      next.push(fields.cause, fields.meta, fields.driverAdapterError);
    }
    pending = next;
  }
  return false;
}
