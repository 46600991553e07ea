/** What signing in can answer; one text for a wrong password and an unknown address. */
export type AuthAnswer = { ok: true } | { ok: false; text: string };

const refused = 'This e-mail and password do not match. Check both, or reset the password.';
const unreachable = 'We cannot reach the server. Check your connection and try again.';

/** Endpoints of the sign-in library, called as it documents them; its client would double our first load. */
async function post(path: string, body: unknown): Promise<Response | null> {
  try {
    return await fetch(`/api/auth${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    return null;
  }
}

function answer(response: Response | null, refusal: string): AuthAnswer {
  if (response === null) return { ok: false, text: unreachable };
  if (response.ok) return { ok: true };
  if (response.status === 429) return { ok: false, text: rateLimited(response) };
  if (response.status >= 500)
    return { ok: false, text: 'Sign-in is not available right now. Try again in a minute.' };
  return { ok: false, text: refusal };
}

function rateLimited(response: Response): string {
  const seconds = Number(
    response.headers.get('x-retry-after') ?? response.headers.get('retry-after') ?? '60',
  );
  const wait =
    seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.max(1, Math.ceil(seconds))} seconds`;
  return `Too many attempts. Try again in ${wait}.`;
}

export async function signIn(input: { email: string; password: string }): Promise<AuthAnswer> {
  return answer(await post('/sign-in/email', input), refused);
}

/**
 * Makes an account and enters it. A known address gets the same answer as a new one, and a mail; then only its own
 * password enters.
 */
export async function signUp(input: { name: string; email: string; password: string }): Promise<AuthAnswer> {
  const made = answer(
    await post('/sign-up/email', input),
    'We could not create this account. Check the e-mail address and the length of the password.',
  );
  if (!made.ok) return made;
  const { email, password } = input;
  return answer(
    await post('/sign-in/email', { email, password }),
    'Check your mail: if this address has an account already, we have written how to get in.',
  );
}

/** Always the same answer, whether the address is known or not. */
export async function requestPasswordReset(email: string, redirectTo: string): Promise<AuthAnswer> {
  const response = await post('/request-password-reset', { email, redirectTo });
  if (response !== null && response.status >= 400 && response.status < 500 && response.status !== 429)
    return { ok: true };
  return answer(response, unreachable);
}

export async function resetPassword(input: { token: string; newPassword: string }): Promise<AuthAnswer> {
  return answer(
    await post('/reset-password', input),
    'This link is no longer valid, or the password is too short. Ask for a new link.',
  );
}

export async function signOut(): Promise<AuthAnswer> {
  return answer(await post('/sign-out', {}), unreachable);
}
