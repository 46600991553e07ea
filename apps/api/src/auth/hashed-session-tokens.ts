import { createHash } from 'node:crypto';
import type { BetterAuthOptions, DBAdapter } from 'better-auth';

type Adapter = DBAdapter<BetterAuthOptions>;
type Condition = { field: string; value: unknown };

const PREFIX = 'sha256:';

/**
 * Stores only the digest of a session token, so that a copy of the database holds no session. The library goes on
 * working with the token itself: it is hashed on the way in and put back into the answer.
 */
export function withHashedSessionTokens(
  createAdapter: (options: BetterAuthOptions) => Adapter,
): (options: BetterAuthOptions) => Adapter {
  return (options) => wrap(createAdapter(options));
}

function wrap(inner: Adapter): Adapter {
  return {
    ...inner,
    async create(input) {
      const token = sessionToken(input.model, input.data);
      if (token === undefined) return inner.create(input);
      return restore(await inner.create({ ...input, data: { ...input.data, token: digest(token) } }), token);
    },
    async findOne(input) {
      const where = hashedWhere(input.model, input.where);
      return restore(await inner.findOne({ ...input, where }), tokenIn(input.model, input.where));
    },
    findMany: (input) => inner.findMany({ ...input, where: hashedWhere(input.model, input.where ?? []) }),
    async update(input) {
      const where = hashedWhere(input.model, input.where);
      return restore(await inner.update({ ...input, where }), tokenIn(input.model, input.where));
    },
    updateMany: (input) => inner.updateMany({ ...input, where: hashedWhere(input.model, input.where) }),
    // The list of somebody's sessions names them by digest; ending one of them by that name is harmless.
    delete: (input) => inner.delete({ ...input, where: hashedWhere(input.model, input.where, keepDigest) }),
    deleteMany: (input) =>
      inner.deleteMany({ ...input, where: hashedWhere(input.model, input.where, keepDigest) }),
    transaction: (work) => inner.transaction((trx) => work(wrap(trx as Adapter))),
  };
}

function hashedWhere<C extends Condition>(
  model: string,
  where: C[],
  hash: (token: string) => string = digest,
): C[] {
  if (model !== 'session') return where;
  return where.map((condition) => {
    if (condition.field !== 'token') return condition;
    const { value } = condition;
    if (Array.isArray(value)) return { ...condition, value: value.map((item) => hash(String(item))) };
    return { ...condition, value: hash(String(value)) };
  });
}

function tokenIn(model: string, where: readonly Condition[]): string | undefined {
  if (model !== 'session') return undefined;
  const value = where.find((condition) => condition.field === 'token')?.value;
  return typeof value === 'string' ? value : undefined;
}

function sessionToken(model: string, data: object): string | undefined {
  const token: unknown = model === 'session' && 'token' in data ? data.token : undefined;
  return typeof token === 'string' ? token : undefined;
}

function restore<T>(row: T, token: string | undefined): T {
  if (token === undefined || typeof row !== 'object' || row === null || !('token' in row)) return row;
  return { ...row, token };
}

function digest(token: string): string {
  return `${PREFIX}${createHash('sha256').update(token).digest('base64url')}`;
}

function keepDigest(token: string): string {
  return token.startsWith(PREFIX) ? token : digest(token);
}
