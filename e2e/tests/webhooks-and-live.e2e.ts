import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '@metergate/sdk';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { mutate, post } from './calls.ts';
import { makeKey, organizationId, password, signUpWithOrganization } from './people.ts';

test('an owner adds an endpoint, sees a test arrive, and what it missed afterwards', async ({ page }) => {
  const receiver = await startReceiver();
  const slug = await signUpWithOrganization(page, {
    name: 'Wanda Hooks',
    email: 'wanda@hooks.test',
    organization: 'Hooks and Daughters',
  });
  await page.goto(`/${slug}/settings/webhooks`);
  await expect(page.getByText('No endpoint yet')).toBeVisible();
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill('https://10.0.0.8/hooks');
  await page.getByRole('button', { name: 'Add endpoint', exact: true }).click();
  await expect(page.getByText(/not reachable from the public internet/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Address' }).fill(receiver.url);
  await page.getByRole('textbox', { name: 'Description' }).fill('Back end');
  await page.getByRole('button', { name: 'Add endpoint', exact: true }).click();
  const secret = (await page.locator('.mg-code code').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('link', { name: 'Back end' }).click();

  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => receiver.messages.length).toBe(1);
  await expect(page.getByText('Delivered').last()).toBeVisible();
  const [message] = receiver.messages;
  expect(await verifyWebhook(message?.body ?? '', message?.headers ?? {}, secret)).toMatchObject({
    type: 'webhook.test',
  });

  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText(/nothing is sent here/)).toBeVisible();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Send what was missed' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText(/Nothing was missed/)).toBeVisible();
  await receiver.close();
});

test('usage that comes in appears on an open page at once, without asking again', async ({
  page,
  request,
}) => {
  const slug = await signUpWithOrganization(page, {
    name: 'Lina Live',
    email: 'lina@live.test',
    organization: 'Live Wires',
  });
  const key = await makeKey(page, slug);
  const organization = await organizationId(page, slug);
  const stream = page.waitForRequest((asked) => asked.url().includes('/api/live'));
  await page.goto(`/${slug}/billing/usage/execution`);
  await stream;
  await expect(page.getByText(/0 of 10,000/).first()).toBeVisible();
  await report(request, { key, organization, quantity: '1234' });
  // The page itself asks every sixty seconds beside a stream, and every fifteen without one.
  await expect(page.getByText(/1,234 of 10,000/).first()).toBeVisible({ timeout: 6_000 });
});

test('an open page says that its organization was closed, and leads to sign-in when the session ends', async ({
  page,
}) => {
  const email = 'cleo@closing.test';
  const name = 'Closing Time';
  const organization = await signUpWithOrganization(page, { name: 'Cleo Close', email, organization: name });
  const stream = page.waitForRequest((asked) => asked.url().includes('/api/live'));
  await page.goto(`/${organization}/billing/usage`);
  await stream;
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  await mutate(page.request, 'organizations.close', { organization, confirmName: name });
  // Without the stream the page would hear of it after a minute.
  const notices = page.getByRole('region', { name: 'Notices' });
  await expect(notices.getByText(/This organization is closed/)).toBeVisible({ timeout: 6_000 });
  await notices.getByRole('link', { name: 'See invoices' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Invoices' })).toBeVisible();
  await expect(notices.getByText(/This organization is closed/)).toBeVisible();
  await page.goto(`/${organization}/settings`);
  await expect(page.getByText('The organization is closed; its details stay as they were.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Close/ })).toHaveCount(0);

  await post(page.request, '/api/auth/sign-out', {});
  await expect(page.getByText('You were signed out. Sign in to go on where you were.')).toBeVisible({
    timeout: 8_000,
  });
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(new RegExp(`/${organization}/settings$`));
  await expect(page.getByText('The organization is closed; its details stay as they were.')).toBeVisible();
});

async function report(
  request: APIRequestContext,
  { key, organization, quantity }: { key: string; organization: string; quantity: string },
) {
  const event = { id: `live-${quantity}`, organization, meter: 'execution', quantity };
  const answer = await request.post('/v1/usage-events', {
    headers: { authorization: `Bearer ${key}` },
    data: { events: [{ ...event, occurredAt: new Date().toISOString() }] },
  });
  expect(await answer.json()).toMatchObject({ accepted: 1 });
}

async function startReceiver() {
  const messages: { headers: Record<string, string>; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      messages.push({ headers: Object.fromEntries(headers), body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    messages,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
