import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';
import { environment } from './env.ts';
import { dataFolder, emulatorPort, port, projectRoot } from './instance.ts';

export const password = 'a sentence is easier to remember';

/** Signs up, makes an organization and answers its slug. */
export async function signUpWithOrganization(
  page: Page,
  person: { name: string; email: string; organization: string },
) {
  await page.goto('/sign-up');
  await page.getByRole('textbox', { name: 'Your name' }).fill(person.name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(person.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Set up your organization' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill(person.organization);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible();
  return new URL(page.url()).pathname.split('/')[1] ?? '';
}

export async function signIn(page: Page, email: string) {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Makes a member of staff with the command an operator uses. */
export async function makeStaff(email: string) {
  await promisify(execFile)(
    process.execPath,
    [join(projectRoot, 'scripts/run.mjs'), 'metergate', 'admin', 'create', email, '--password', password],
    {
      cwd: projectRoot,
      env: {
        ...environment,
        PORT: String(port),
        STRIPE_EMULATOR_PORT: String(emulatorPort),
        DATA_DIR: dataFolder,
        DEMO: '0',
      },
    },
  );
}

/** Makes an API key in the console, as a person would, and answers the secret that is shown once. */
export async function makeKey(page: Page, slug: string): Promise<string> {
  await page.goto(`/${slug}/settings/keys`);
  await page.getByRole('button', { name: 'Create a key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Production back end');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const key = await dialog.getByText(/^mg_[\w-]+$/).textContent();
  await dialog.getByRole('button', { name: 'I have stored it' }).click();
  expect(key).toMatch(/^mg_/);
  return key ?? '';
}

/** The organization's public id, which the platform's back end names it by. */
export async function organizationId(page: Page, slug: string): Promise<string> {
  const input = encodeURIComponent(JSON.stringify({ organization: slug }));
  const answer = await page.request.get(`/trpc/organizations.get?input=${input}`);
  const { result } = await answer.json();
  return result.data.id;
}
