import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { startEmulator, type TestEmulator } from './emulator.ts';
import { screenshotFolder } from './instance.ts';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const stopsMax = 80;

test.describe.configure({ timeout: 120_000 });
test.use({ actionTimeout: 10_000 });

let emulator: TestEmulator;
let small: string;
let large: string;
test.beforeAll(async () => {
  emulator = await startEmulator('2027-03-01T09:00:00Z');
  const product = await emulator.post('products', { name: 'Studio' });
  const price = (amount: string) =>
    emulator.post('prices', {
      product: product.id,
      currency: 'usd',
      unit_amount: amount,
      'recurring[interval]': 'month',
    });
  small = (await price('2900')).id;
  large = (await price('9900')).id;
});
test.afterAll(() => emulator.stop());

/** Walks there as somebody without a mouse does; fails when the focus never arrives. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < stopsMax; stop++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no Tab leads to ${target}`);
}

async function typeInto(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function press(page: Page, name: string | RegExp, role: 'button' | 'link' = 'button'): Promise<void> {
  await tabTo(page, page.getByRole(role, { name }).first());
  await page.keyboard.press('Enter');
}

async function typeCard(page: Page, number: string): Promise<void> {
  await typeInto(page, 'Card number', number);
  await typeInto(page, 'Expiration (MM / YY)', '12 / 34');
  await typeInto(page, 'CVC', '123');
  await typeInto(page, 'Name on card', 'Ada Lovelace');
}

/** Wide and narrow: nothing scrolls sideways, nothing that axe finds, says that it is a test; kept as pictures. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: join(screenshotFolder, `emulator-${name}-${width}.png`), fullPage: true });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(sideways, `${name} at ${width}: scrolls sideways`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`);
    expect.soft(found, `${name} at ${width}: accessibility`).toEqual([]);
    expect.soft(await page.locator('h1').count(), `${name}: one main heading`).toBe(1);
    await expect.soft(page.getByRole('banner')).toContainText('Test mode');
  }
}

async function customerWithPlan(): Promise<{ customer: string; subscription: string }> {
  const customer = (
    await emulator.post('customers', { email: 'ada@example.com', name: 'Ada', source: 'tok_visa' })
  ).id;
  const subscription = await emulator.post('subscriptions', { customer, 'items[0][price]': small });
  return { customer, subscription: subscription.id };
}

test('a checkout with a promotion code and 3-D Secure is completed with the keyboard alone', async ({
  page,
}) => {
  const coupon = await emulator.post('coupons', { percent_off: '50', duration: 'once' });
  await emulator.post('promotion_codes', {
    'promotion[type]': 'coupon',
    'promotion[coupon]': coupon.id,
    code: 'HALF',
  });
  const session = await emulator.post('checkout/sessions', {
    mode: 'subscription',
    'line_items[0][price]': small,
    'line_items[0][quantity]': '1',
    allow_promotion_codes: 'true',
    success_url: `${emulator.url}/_emu?done={CHECKOUT_SESSION_ID}`,
    cancel_url: `${emulator.url}/_emu`,
  });
  await page.goto(String(session.url));
  await look(page, 'checkout');
  await typeInto(page, 'Promotion code', 'NOTHING');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This code is invalid.');
  await typeInto(page, 'Promotion code', 'half');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('HALF');
  await expect(page.getByRole('button', { name: 'Subscribe and pay $14.50' })).toBeVisible();
  await look(page, 'checkout-discounted');
  await press(page, 'Remove code');
  await expect(page.getByRole('button', { name: 'Subscribe and pay $29.00' })).toBeVisible();
  await typeInto(page, 'Promotion code', 'HALF');
  await page.keyboard.press('Enter');
  await typeInto(page, 'Email', 'ada@example.com');
  await typeCard(page, '4000 0000 0000 9995');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('insufficient funds');
  await look(page, 'checkout-declined');
  await expect(page.getByLabel('Email')).toHaveValue('ada@example.com');
  await typeCard(page, '4000 0027 6000 3184');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /3D Secure/ })).toBeVisible();
  await look(page, 'challenge');
  await press(page, 'Fail authentication');
  await expect(page.getByRole('alert')).toContainText('unable to authenticate');
  await typeCard(page, '4000 0027 6000 3184');
  await page.keyboard.press('Enter');
  await press(page, 'Complete authentication');
  await expect(page).toHaveURL(new RegExp(`done=${session.id}`));
  const done = await emulator.get(`checkout/sessions/${session.id}`);
  expect([done.status, done.payment_status, done.amount_total]).toEqual(['complete', 'paid', 1450]);
  await page.goto(String(session.url));
  await expect(page.getByRole('heading')).toHaveText('You are all done here.');
  await look(page, 'checkout-over');
});

test('the portal changes plan and card, cancels and resumes with the keyboard alone', async ({ page }) => {
  const { customer, subscription } = await customerWithPlan();
  const product = (await emulator.get(`prices/${small}`)).product;
  const update = 'features[subscription_update]';
  const configuration = await emulator.post('billing_portal/configurations', {
    'business_profile[headline]': 'Metergate',
    [`${update}[enabled]`]: 'true',
    [`${update}[default_allowed_updates][0]`]: 'price',
    [`${update}[proration_behavior]`]: 'always_invoice',
    [`${update}[products][0][product]`]: String(product),
    [`${update}[products][0][prices][0]`]: small,
    [`${update}[products][0][prices][1]`]: large,
    'features[subscription_cancel][enabled]': 'true',
    'features[payment_method_update][enabled]': 'true',
    'features[invoice_history][enabled]': 'true',
  });
  const session = await emulator.post('billing_portal/sessions', {
    customer,
    configuration: configuration.id,
    return_url: `${emulator.url}/_emu`,
  });
  await page.goto(String(session.url));
  await look(page, 'portal');
  await press(page, 'Update plan', 'link');
  await look(page, 'portal-plans');
  await tabTo(page, page.getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowDown');
  await press(page, 'Continue');
  await expect(page.getByRole('row', { name: /Amount due today/ })).toContainText('$70.00');
  await look(page, 'portal-confirm');
  await press(page, 'Confirm');
  await expect(page.getByText('Renews on')).toBeVisible();
  const items = Object((await emulator.get(`subscriptions/${subscription}`)).items).data;
  expect(items[0].price.id).toBe(large);
  await tabTo(page, page.getByText('Cancel plan'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Reason for canceling'));
  await page.keyboard.press('ArrowDown');
  await press(page, 'Cancel subscription');
  await expect(page.getByText(/Cancels on/)).toBeVisible();
  await look(page, 'portal-canceled');
  await press(page, "Don't cancel subscription");
  await expect(page.getByText('Renews on')).toBeVisible();
  await tabTo(page, page.getByText('Add payment method'));
  await page.keyboard.press('Enter');
  await typeCard(page, '5555 5555 5555 4444');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/mastercard •••• 4444/i)).toBeVisible();
  await look(page, 'portal-cards');
});

test('a hosted invoice is paid with the keyboard alone', async ({ page }) => {
  const { id: customer } = await emulator.post('customers', { email: 'grace@example.com', name: 'Grace' });
  await emulator.post('invoiceitems', { customer, amount: '4200', currency: 'usd', description: 'Setup' });
  const draft = await emulator.post('invoices', {
    customer,
    collection_method: 'send_invoice',
    days_until_due: '30',
    pending_invoice_items_behavior: 'include',
  });
  const invoice = await emulator.post(`invoices/${draft.id}/finalize`);
  await page.goto(String(invoice.hosted_invoice_url));
  await look(page, 'invoice');
  await typeCard(page, '4242 4242 4242 4242');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Paid. Thank you.')).toBeVisible();
  await look(page, 'invoice-paid');
  expect((await emulator.get(`invoices/${draft.id}`)).status).toBe('paid');
});

test('the control page moves the clock and sets faults with the keyboard alone', async ({ page }) => {
  const { subscription } = await customerWithPlan();
  await page.goto(`${emulator.url}/_emu`);
  await look(page, 'control');
  await typeInto(page, 'Advance by (days)', '31.1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Clock' })).toContainText('2027-04-01');
  const { data } = Object(await emulator.get(`invoices?subscription=${subscription}`));
  expect(data.map((invoice: { status: string }) => invoice.status)).toEqual(['paid', 'paid']);
  await typeInto(page, 'Settings (JSON)', '{"api":[{"kind":"rate_limit","times":1}]}');
  await press(page, 'Set faults');
  // The form is on its way when the key is released.
  const answer = () => emulator.get('customers').then(() => 'answered', String);
  await expect.poll(answer).toMatch(/rate_limit/);
  await press(page, 'Clear faults');
  await press(page, 'customer', 'link');
  await expect(page.getByText(/^cus_/).first()).toBeVisible();
  await look(page, 'control-objects');
});
