import { initTRPC } from '@trpc/server';
import type { RequestContext } from './context.ts';
import { formatError } from './error-adapter.ts';

/** Who may call a procedure. A test walks the router and fails on a procedure without one. */
export type AccessRule =
  | 'anonymous'
  | 'signed_in'
  | 'member'
  | 'money'
  | 'admin'
  | 'buyer'
  | 'owner'
  | 'support'
  | 'billing_ops'
  | 'super_admin';

export interface ProcedureMeta {
  access: AccessRule;
}

export const t = initTRPC
  .context<RequestContext>()
  .meta<ProcedureMeta>()
  .create({
    // Explicit, because the default follows NODE_ENV and would send stacks when that is unset.
    isDev: false,
    errorFormatter: ({ shape, error, path, ctx }) =>
      formatError({ shape, error, path }, ctx?.requestId ?? ''),
    sse: { ping: { enabled: true, intervalMs: 15_000 } },
  });
