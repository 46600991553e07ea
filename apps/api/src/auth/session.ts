import type { IncomingHttpHeaders } from 'node:http';
import type { StaffRole } from '@metergate/core';
import { fromNodeHeaders } from 'better-auth/node';
import type { SessionUser } from '../trpc/context.ts';
import type { SignIn } from './sign-in.ts';

/** The person behind the session cookie; null = none or no longer valid. Reads the database every time. */
export async function readSession(signIn: SignIn, headers: IncomingHttpHeaders): Promise<SessionUser | null> {
  if (headers.cookie === undefined) return null;
  const found = await signIn.api.getSession({ headers: fromNodeHeaders(headers) });
  if (found === null) return null;
  return {
    id: found.user.id,
    name: found.user.name,
    email: found.user.email,
    staffRole: toStaffRole(found.user.platformRole),
    sessionId: found.session.id,
  };
}

function toStaffRole(stored: unknown): StaffRole | null {
  return stored === 'support' || stored === 'billing_ops' || stored === 'super_admin' ? stored : null;
}
