import { AsyncLocalStorage } from 'node:async_hooks';
import { CountingClient } from './query-counter.ts';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The statement that begins the next transaction of the surrounding call, until a connection has taken it. */
const waiting = new AsyncLocalStorage<{ begin: string | null }>();

/**
 * Runs `work`, whose first transaction on a `TenantClient` begins with the tenant set, in one message: Prisma sends its
 * begin alone and knows no other. Only that one; what else `work` begins is as it would be without.
 * @param work is given how to find out, inside its transaction, whether the tenant is set
 */
export function beginningAs<T>(organizationId: string, work: (isTenantSet: () => boolean) => T): T {
  // A simple query takes no parameters; whatever is no id is left to a statement that does.
  const isSafe = uuidPattern.test(organizationId);
  const begin = `begin; select set_config('app.organization_id', '${organizationId}', true)`;
  const next = { begin: isSafe ? begin : null };
  const isTenantSet = () => {
    const isTaken = isSafe && next.begin === null;
    next.begin = null;
    return isTaken;
  };
  return waiting.run(next, () => work(isTenantSet));
}

/** The client class of the pool whose role sees one organization at a time. */
export class TenantClient extends CountingClient {
  constructor(config?: ConstructorParameters<typeof CountingClient>[0]) {
    super(config);
    const send = this.query;
    this.query = new Proxy(send, {
      apply(target, self, [query, ...rest]) {
        const next = waiting.getStore();
        const begin = next?.begin ?? null;
        if (next === undefined || begin === null || !isPrismasBegin(query)) {
          return Reflect.apply(target, self, [query, ...rest]);
        }
        next.begin = null;
        return Reflect.apply(target, self, [begin, ...rest]);
      },
    });
  }
}

function isPrismasBegin(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'text' in query && query.text === 'BEGIN';
}
