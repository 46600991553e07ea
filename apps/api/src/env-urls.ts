import type { Environment } from './env.ts';

/** Where users reach us, without a trailing slash. */
export function publicUrlOf(env: Pick<Environment, 'PUBLIC_URL' | 'PORT'>): string {
  return (env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`).replace(/\/+$/, '');
}

/** Origins that may use a session: the public one alone, or both names of this machine when none was given. */
export function allowedOriginsOf(env: Pick<Environment, 'PUBLIC_URL' | 'PORT'>): string[] {
  if (env.PUBLIC_URL !== undefined) return [new URL(env.PUBLIC_URL).origin];
  return [`http://127.0.0.1:${env.PORT}`, `http://localhost:${env.PORT}`];
}
