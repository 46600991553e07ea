import { type APIRequestContext, expect } from '@playwright/test';
import { publicUrl } from './instance.ts';
import { password } from './people.ts';

/** A session without a screen. */
export async function signUp(request: APIRequestContext, name: string, email: string) {
  await post(request, '/api/auth/sign-up/email', { name, email, password });
  await post(request, '/api/auth/sign-in/email', { email, password });
}

export async function post(request: APIRequestContext, path: string, data: unknown) {
  const answer = await request.post(`${publicUrl}${path}`, { data, headers: { origin: publicUrl } });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return await answer.json();
}

export async function mutate(request: APIRequestContext, procedure: string, input: unknown) {
  return (await post(request, `/trpc/${procedure}`, input)).result.data;
}

export async function query(request: APIRequestContext, procedure: string, input: unknown) {
  const answer = await request.get(
    `${publicUrl}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`,
  );
  expect(answer.ok(), `${procedure}: ${await answer.text()}`).toBe(true);
  return (await answer.json()).result.data;
}
