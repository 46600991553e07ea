import { join } from 'node:path';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { publicUrl, screenshotFolder } from './instance.ts';
import { makeKey, makeStaff, organizationId, signIn, signUpWithOrganization } from './people.ts';

test('an agency owner counts usage, meets a limit, upgrades, and staff see the same organization', async ({
  browser,
  page,
  request,
}) => {
  const slug = await signUpWithOrganization(page, {
    name: 'Maria Lopez',
    email: 'maria@robots.test',
    organization: 'Robots and Sons',
  });
  const shot = (name: string) =>
    page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true });
  const key = await makeKey(page, slug);
  const organization = await organizationId(page, slug);

  await test.step('events that come in over the API feed the graph', async () => {
    expect(await report(request, { key, organization, quantity: '9995' })).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: 0,
    });
    expect(await report(request, { key, organization, quantity: '9995' })).toEqual({
      accepted: 0,
      duplicates: 1,
      rejected: 0,
    });
    await page.goto(`/${slug}/billing/usage/execution`);
    await expect(page.getByText(/9,995 of 10,000/).first()).toBeVisible();
    await shot('usage');
  });

  await test.step('the limit grants what is left and refuses the next', async () => {
    expect(await consume(request, { key, organization, quantity: '5', id: 'last-five' })).toMatchObject({
      status: 200,
      decision: 'allowed',
    });
    expect(await consume(request, { key, organization, quantity: '1', id: 'one-too-many' })).toMatchObject({
      status: 402,
      decision: 'blocked',
      upgradeTo: 'pro',
    });
    await page.goto(`/${slug}/billing/limits`);
    await expect(page.getByText('100 %').first()).toBeVisible();
    await shot('limits');
  });

  await test.step('the hosted checkout takes card 4242 and the plan is there', async () => {
    await page.goto(`/${slug}/billing/plans?family=agent-studio`);
    await expect(page.getByRole('link', { name: 'Choose Pro' })).toBeVisible();
    await shot('plans');
    await page.getByRole('link', { name: 'Choose Pro' }).click();
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await expect(page).toHaveURL(/\/c\/pay\//);
    await page.getByLabel('Card number').fill('4242 4242 4242 4242');
    await page.getByLabel(/Expiration/).fill('12 / 34');
    await page.getByLabel('CVC').fill('123');
    await page.getByLabel('Name on card').fill('Maria Lopez');
    await shot('checkout');
    await page.getByRole('button', { name: /^Subscribe and pay \$49\.00/ }).click();
    await expect(page.getByText('Pro is active')).toBeVisible();
    await shot('checkout-return');
  });

  await test.step('the signed webhook has been received and processed', async () => {
    const drained = await request.post(`${publicUrl}/test/drain`, { data: {} });
    expect(drained.status()).toBe(200);
    expect(await consume(request, { key, organization, quantity: '1', id: 'after-upgrade' })).toMatchObject({
      status: 200,
      decision: 'allowed',
    });
  });

  await test.step('the invoice is paid and its document opens', async () => {
    await page.goto(`/${slug}/billing/invoices`);
    await expect(page.getByText('$49.00').first()).toBeVisible();
    await expect(page.getByText('Paid').first()).toBeVisible();
    await shot('invoices');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /PDF/ }).first().click(),
    ]);
    const bytes = await download.createReadStream().then((stream) => stream.toArray());
    expect(Buffer.concat(bytes).subarray(0, 5).toString()).toBe('%PDF-');
    await page.goto(`/${slug}/billing`);
    await expect(page.getByRole('region', { name: 'Plan' })).toContainText('Pro');
    await expect(page.getByText(/executions used/).first()).toBeVisible();
    await shot('overview');
  });

  await test.step('staff see the same organization from the other side', async () => {
    await makeStaff('staff@metergate.test');
    const staff = await browser.newPage();
    await signIn(staff, 'staff@metergate.test');
    await staff.goto('/admin/orgs?q=maria@robots.test');
    await staff
      .getByRole('link', { name: /Robots and Sons/ })
      .first()
      .click();
    await expect(staff.getByRole('heading', { level: 1 })).toContainText('Robots and Sons');
    await expect(staff.getByText('Pro').first()).toBeVisible();
    await staff.screenshot({ path: join(screenshotFolder, 'admin-organization.png'), fullPage: true });
    await staff.goto('/admin/events');
    await expect(staff.getByText('checkout.session.completed').first()).toBeVisible();
    await staff.screenshot({ path: join(screenshotFolder, 'admin-events.png'), fullPage: true });
    await staff.close();
  });
});

interface Usage {
  key: string;
  /** Public id, as the settings page shows it. */
  organization: string;
  quantity: string;
  id?: string;
}

/** The same event every time: the second report of it must be a duplicate. */
async function report(request: APIRequestContext, { key, organization, quantity }: Usage) {
  const occurredAt = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000).toISOString();
  const event = { id: 'run-batch-1', organization, meter: 'execution', quantity, occurredAt };
  const answer = await request.post(`${publicUrl}/v1/usage-events`, {
    headers: { authorization: `Bearer ${key}` },
    data: { events: [event] },
  });
  expect(answer.status()).toBe(200);
  const { accepted, duplicates, rejected } = await answer.json();
  return { accepted, duplicates, rejected };
}

async function consume(request: APIRequestContext, { key, organization, quantity, id }: Usage) {
  const answer = await request.post(`${publicUrl}/v1/limits/consume`, {
    headers: { authorization: `Bearer ${key}` },
    data: { organization, feature: 'execution', quantity, id },
  });
  return { status: answer.status(), ...(await answer.json()) };
}
