import { initTRPC } from '@trpc/server';
import type { RequestContext } from './context.ts';

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

export const t = initTRPC.context<RequestContext>().meta<ProcedureMeta>().create({ isDev: false });
