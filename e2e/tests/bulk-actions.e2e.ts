import { type APIRequestContext, expect, type Locator, type Page, test } from '@playwright/test';
import { mutate, post, query, signUp } from './calls.ts';
import { emulatorPort, publicUrl } from './instance.ts';
import { makeStaff, password } from './people.ts';
import { checkTheme, openAs, settle } from './screen-check.ts';

test.describe.configure({ mode: 'default' });

/** A retried file makes its data anew. */
const run = Date.now().toString(36);
const ownerEmail = `bea.${run}@bulk.test`;
const staffEmail = `sam.${run}@bulk.test`;

interface Buyer {
  name: string;
  slug: string;
  customer: string;
  subscriptionId: string;
}

const started = 'customer.subscription.created';

let owner: APIRequestContext;
let staff: APIRequestContext;
let buyers: [Buyer, Buyer, Buyer];

test.beforeAll(async ({ playwright }) => {
  const open = () =>
    playwright.request.newContext({ baseURL: publicUrl, extraHTTPHeaders: { origin: publicUrl } });
  owner = await open();
  staff = await open();
  await signUp(owner, 'Bea Bulk', ownerEmail);
  await makeStaff(staffEmail);
  await post(staff, '/api/auth/sign-in/email', { email: staffEmail, password });
  const buy = async (word: string): Promise<Buyer> => {
    const name = `Bulk ${word} ${run}`;
    const region = { currency: 'USD', timeZone: 'Europe/Berlin' };
    const { slug } = await mutate(owner, 'organizations.create', { name, ...region });
    const wish = { interval: 'month', paymentMethod: 'pm_card_visa', family: 'voice-ops', plan: 'pro' };
    const { id } = await mutate(owner, 'subscriptions.create', { organization: slug, ...wish });
    const { stripeCustomerId } = await query(owner, 'organizations.get', { organization: slug });
    return { name, slug, customer: stripeCustomerId, subscriptionId: id };
  };
  buyers = [await buy('Even'), await buy('Drifted'), await buy('Silent')];
  await post(staff, '/test/drain', {});
});
test.afterAll(async () => {
  await setFaults({});
  await Promise.all([owner.dispose(), staff.dispose()]);
});

test('staff look at what a resync of several organizations would do, run it at a rate, and see each result', async ({
  browser,
}) => {
  const [even, drifted, silent] = buyers;
  // Stripe says nothing about this change, and does not answer about the third.
  const webhooks = { drop: 1 };
  await setFaults({
    webhooks,
    api: [{ route: `GET /v1/customers/${silent.customer}`, kind: 'outage', when: 'before' }],
  });
  const [bought] = (await stripe('GET', `subscriptions?customer=${drifted.customer}`)).data;
  await stripe('POST', `subscriptions/${bought.id}`, { cancel_at_period_end: 'true' });

  const page = await openAs(browser, { email: staffEmail, width: 1280 });
  await page.goto(`/admin/orgs?q=${run}`);
  await settle(page);
  for (const { name } of buyers) await page.getByRole('checkbox', { name: `Choose ${name}` }).check();
  await page.getByRole('button', { name: 'Resync with Stripe…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resync 3 organizations' });
  await expect(dialog.getByRole('button', { name: 'Resync 3' })).toBeDisabled();
  await dialog.getByLabel('At most per second').fill('10');
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  const row = rowsOf(dialog);
  await expect(row(even.name)).toContainText('nothing differs');
  await expect(row(drifted.name)).toContainText('3 fields differ');
  await expect(row(silent.name)).toContainText('does not answer right now');

  await dialog.getByLabel('Reason').fill('Webhooks were off over night');
  await dialog.getByRole('button', { name: 'Resync 3' }).click();
  await expect(row(even.name)).toContainText('nothing differed');
  await expect(row(drifted.name)).toContainText('3 fields corrected');
  await expect(row(silent.name)).toContainText('does not answer right now');
  await lookAtBoth(page, 'admin-bulk-resync');

  await setFaults({ webhooks });
  await dialog.getByRole('button', { name: 'Resync 3' }).click();
  for (const { name } of buyers) await expect(row(name)).toContainText('nothing differed');
  await page.context().close();
});

test('staff look at what a replay of several events would do, run it at a rate, and see each result', async ({
  browser,
}) => {
  const [even, , silent] = buyers;
  await setFaults({});
  const foreign = await stripe('POST', 'prices', {
    currency: 'usd',
    unit_amount: '100',
    'recurring[interval]': 'month',
    'product_data[name]': 'not of the catalogue',
  });
  const poisoned = [];
  for (const { customer } of [even, silent]) {
    poisoned.push(await stripe('POST', 'subscriptions', { customer, 'items[0][price]': foreign.id }));
  }
  const isGivenUp = async () => (await dead()).filter(({ type }) => type === started).length;
  await expect.poll(isGivenUp, { timeout: 60_000 }).toBe(2);
  const count = (await dead()).length;
  // Its reason goes away, and nobody tells us.
  await setFaults({ webhooks: { drop: 1 } });
  const known = await stripe('GET', 'prices?lookup_keys[]=mg_agency_agency_v1_base_month_usd');
  for (const { id, items } of poisoned) {
    const change = { 'items[0][id]': items.data[0].id, 'items[0][price]': known.data[0].id };
    await stripe('POST', `subscriptions/${id}`, { ...change, proration_behavior: 'none' });
  }

  const page = await openAs(browser, { email: staffEmail, width: 1280 });
  await page.goto('/admin/events?status=dead');
  await settle(page);
  await page.getByRole('button', { name: `Replay ${count} failed…` }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay failed events' });
  await expect(dialog.getByRole('button', { name: `Replay ${count}` })).toBeDisabled();
  await dialog.getByLabel('At most per second').fill('2');
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  const row = rowsOf(dialog);
  for (const { name } of [even, silent]) {
    await expect(row(`${started} · ${name}`)).toContainText(/would change something \(\d+ fields\)/);
  }
  expect(await dead()).toHaveLength(count);
  await dialog.getByLabel('Reason').fill('The price is known now');
  await dialog.getByRole('button', { name: `Replay ${count}` }).click();
  for (const { name } of [even, silent]) {
    await expect(row(`${started} · ${name}`)).toContainText('queued again');
  }
  await lookAtBoth(page, 'admin-bulk-replay');
  await page.keyboard.press('Escape');
  await expect.poll(dead).toEqual([]);
  await page.context().close();
});

test('staff read why a message to Stripe was given up, and dismiss it with a reason', async ({ browser }) => {
  const [{ name, slug, customer, subscriptionId }] = buyers;
  await setFaults({ api: [{ kind: 'outage', when: 'before' }] });
  await mutate(owner, 'subscriptions.cancel', { organization: slug, subscriptionId, at: 'period_end' });
  // It has ended there when Stripe answers again.
  await setFaults({ webhooks: { drop: 1 } });
  const { data } = await stripe('GET', `subscriptions?customer=${customer}`);
  const bought = data.find(({ items }: { items: object }) => JSON.stringify(items).includes('mg_voice-ops'));
  await stripe('DELETE', `subscriptions/${bought.id}`);
  const givenUp = async () => {
    await post(staff, '/test/drain', {});
    return (await query(staff, 'admin.outbox.list', { status: 'dead', organization: slug })).items.length;
  };
  await expect.poll(givenUp, { timeout: 60_000, intervals: [1_000] }).toBe(1);

  const page = await openAs(browser, { email: staffEmail, width: 1280 });
  await page.goto(`/admin/messages?status=dead&org=${slug}`);
  await settle(page);
  await expect(page.getByRole('table')).toContainText(name);
  await lookAtBoth(page, 'admin-message-dead');
  const opener = page.getByRole('button', { name: 'Dismiss' });
  await opener.click();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Dismiss this message' });
  await dialog.getByLabel('Reason').fill('It has ended anyway');
  await dialog.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText('No message matches')).toBeVisible();
  await page.context().close();
});

/** The screen wide and light, then narrow and dark. */
async function lookAtBoth(page: Page, name: string): Promise<void> {
  await checkTheme(page, { name, theme: 'light', width: 1280 });
  await page.setViewportSize({ width: 360, height: 780 });
  await checkTheme(page, { name, theme: 'dark', width: 360 });
  await page.setViewportSize({ width: 1280, height: 860 });
}

function rowsOf(dialog: Locator): (name: string) => Locator {
  return (name) => dialog.getByRole('listitem').filter({ hasText: name });
}

/** The events that were given up, once Stripe has told everything and everything that waits was tried. */
async function dead(): Promise<{ type: string }[]> {
  const isIdle = async () => (await staff.get(`http://127.0.0.1:${emulatorPort}/_emu/idle`)).json();
  await expect.poll(isIdle).toMatchObject({ idle: true });
  await post(staff, '/test/drain', {});
  return (await query(staff, 'admin.events.list', { status: 'dead' })).items;
}

async function setFaults(faults: object): Promise<void> {
  const answer = await staff.post(`http://127.0.0.1:${emulatorPort}/_emu/faults`, { data: faults });
  expect(answer.ok()).toBe(true);
}

/** One call of Stripe's API. */
async function stripe(method: 'GET' | 'POST' | 'DELETE', path: string, form?: Record<string, string>) {
  const answer = await staff.fetch(`http://127.0.0.1:${emulatorPort}/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer sk_test_screens' },
    ...(form === undefined ? {} : { form }),
  });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return await answer.json();
}
