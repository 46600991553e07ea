import { isDatabaseUnavailable } from '@metergate/db';
import type { BetterAuthOptions, DBAdapter } from 'better-auth';
import { APIError } from 'better-auth/api';

type Adapter = DBAdapter<BetterAuthOptions>;

/**
 * Of its own errors the library passes on only those of its own type and hides the others behind "internal error", as
 * if a database that is away for seconds were a fault of ours. Ours is recognized by its status and keeps its cause.
 */
export function withToldOutages(
  createAdapter: (options: BetterAuthOptions) => Adapter,
): (options: BetterAuthOptions) => Adapter {
  return (options) =>
    new Proxy(createAdapter(options), {
      get(adapter, name) {
        const member: unknown = Reflect.get(adapter, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]) => {
          try {
            return await Reflect.apply(member, adapter, given);
          } catch (error) {
            throw isDatabaseUnavailable(error) ? databaseAway(error) : error;
          }
        };
      },
    });
}

function databaseAway(cause: unknown): APIError {
  const error = new APIError('SERVICE_UNAVAILABLE', { message: 'the database does not answer' });
  error.cause = cause;
  return error;
}

/** The error that `withToldOutages` let through the library, with what was behind it; undefined = another one. */
export function toldOutage(error: unknown): { cause: unknown } | undefined {
  return error instanceof APIError && error.status === 'SERVICE_UNAVAILABLE'
    ? { cause: error.cause }
    : undefined;
}
