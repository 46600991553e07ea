import type { IdSource } from '@metergate/core';
import { prismaAdapter } from 'better-auth/adapters/prisma';
// Without the query builder that its own adapters need: ours is Prisma's.
import { betterAuth } from 'better-auth/minimal';
import type { Logger } from '../logging/logger.ts';
import { withHashedSessionTokens } from './hashed-session-tokens.ts';
import { withToldOutages } from './told-outages.ts';

/** Set by our own middleware from the socket or a trusted proxy; whatever a client sends under it is dropped. */
export const CLIENT_ADDRESS_HEADER = 'x-metergate-client-address';

const SESSION_SECONDS = 14 * 24 * 3600;
const RESET_LINK_SECONDS = 3600;

export interface SignInOptions {
  /** The Prisma client of the sign-in role; opaque here. */
  prisma: object;
  publicUrl: string;
  allowedOrigins: readonly string[];
  secret: string;
  ids: IdSource;
  log: Logger;
  sendResetMail(mail: { to: string; name: string; url: string; token: string }): Promise<void>;
  /** Somebody tried to sign up with an address that has an account. */
  sendKnownAddressMail(mail: { to: string; name: string }): Promise<void>;
}

export type SignIn = ReturnType<typeof createSignIn>;

/** E-mail and password, sessions in the database. Memberships and roles are ours, not the library's. */
export function createSignIn(options: SignInOptions) {
  const isHttps = options.publicUrl.startsWith('https://');
  return betterAuth({
    appName: 'Metergate',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    secret: options.secret,
    trustedOrigins: [...options.allowedOrigins],
    database: withHashedSessionTokens(
      withToldOutages(prismaAdapter(options.prisma, { provider: 'postgresql' })),
    ),
    emailAndPassword: {
      enabled: true,
      // A session would tell a new address from a known one: both get the same answer, and the known one a mail.
      autoSignIn: false,
      onExistingUserSignUp: ({ user }) => options.sendKnownAddressMail({ to: user.email, name: user.name }),
      minPasswordLength: 10,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: RESET_LINK_SECONDS,
      sendResetPassword: ({ user, url, token }) =>
        options.sendResetMail({ to: user.email, name: user.name, url, token }),
    },
    verification: { storeIdentifier: 'hashed' },
    user: { additionalFields: { platformRole: { type: 'string', required: false, input: false } } },
    // No copy of the session in a cookie: a session that was ended must be refused at once.
    session: { expiresIn: SESSION_SECONDS, cookieCache: { enabled: false } },
    // Counted before the library sees a request, by address and by account: its own limiter falls into one shared
    // bucket for everybody whose address it does not know.
    rateLimit: { enabled: false },
    // What is not an answer of the library's own reaches our error handler, which logs it once and tells nothing.
    onAPIError: { throw: true },
    advanced: {
      database: { generateId: () => options.ids.next() },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // The library's own secure prefix would come before `__Host-` and break it.
      useSecureCookies: false,
      cookiePrefix: isHttps ? '__Host-metergate' : 'metergate',
      defaultCookieAttributes: { secure: isHttps, httpOnly: true, sameSite: 'lax', path: '/' },
    },
    logger: {
      level: 'warn',
      log: (level, message) =>
        options.log[level === 'error' ? 'error' : 'warn']({ source: 'sign-in' }, message),
    },
    telemetry: { enabled: false },
  });
}
