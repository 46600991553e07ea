/** 40001 serialization failure, 40P01 deadlock; P2034 and the kind are Prisma's words for both. */
const conflictSigns: ReadonlySet<unknown> = new Set(['40001', '40P01', 'P2034', 'TransactionWriteConflict']);

/** The connection could not be made, or went away; P2024 and P2028 are Prisma's words for "no free connection". */
const unavailableSigns: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  '08000',
  '08003',
  '08006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  'P1001',
  'P1002',
  'P1017',
  'P2024',
  'P2028',
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);

/** Repeating the whole transaction can help: it lost against a concurrent one and was rolled back. */
export function isTransactionConflict(error: unknown): boolean {
  return signsOf(error).some((sign) => conflictSigns.has(sign));
}

/** The database could not be reached. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return signsOf(error).some((sign) => unavailableSigns.has(sign));
}

/** Codes from all the places where Prisma, its adapter and our own errors keep what PostgreSQL said. */
function signsOf(error: unknown): unknown[] {
  const signs: unknown[] = [];
  let pending: unknown[] = [error];
  for (let depth = 0; depth < 6 && pending.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of pending) {
      if (typeof value !== 'object' || value === null) continue;
      const fields = value as Record<string, unknown>;
      signs.push(fields.code, fields.originalCode, fields.kind);
      // The socket of a server that was stopped; a file that is missing is another matter.
      if (fields.code === 'ENOENT' && fields.syscall === 'connect') signs.push('ECONNREFUSED');
      next.push(fields.cause, fields.meta, fields.driverAdapterError);
    }
    pending = next;
  }
  return signs;
}
