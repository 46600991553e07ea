import { expect, type Page, test } from '@playwright/test';
import { password } from './people.ts';
import { checkScreens, checkTheme, openAs, type Screens, settle } from './screen-check.ts';
import { letPaymentFail, makeScreenData, people, type ScreenData, setApiFaults } from './screen-data.ts';

test.describe.configure({ mode: 'default' });

let data: ScreenData;
test.beforeAll(async ({ playwright }) => {
  data = await makeScreenData(playwright);
});

test('the screens before signing in are accessible in both themes and widths', async ({ browser }) => {
  const screens: Screens = {
    'sign-in': '/sign-in',
    'sign-up': '/sign-up',
    'forgot-password': '/forgot-password',
    'reset-password': '/reset-password?token=x',
  };
  await checkScreens({ browser, screens, expectedStatus: 401 });
});

test('every billing screen of an owner is accessible in both themes and widths', async ({ browser }) => {
  const billing = `/${data.slug}/billing`;
  const screens: Screens = {
    overview: billing,
    usage: `${billing}/usage`,
    'usage-rejected': `${billing}/usage?tab=rejected`,
    'usage-sender': `${billing}/usage?tab=sender`,
    meter: `${billing}/usage/call?view=bucket`,
  };
  await checkScreens({ browser, email: people.owner, screens });
});

test('every screen of plans and limits is accessible in both themes and widths', async ({ browser }) => {
  const billing = `/${data.slug}/billing`;
  const screens: Screens = {
    limits: `${billing}/limits`,
    plans: `${billing}/plans?family=voice-ops`,
    'plans-seats': `${billing}/plans?family=agent-studio&interval=year`,
    seats: `${billing}/seats`,
    'change-plan': `${billing}/change?family=voice-ops&to=business`,
    cancel: `${billing}/cancel?subscription=${data.subscriptionId}`,
    clients: `${billing}/clients`,
  };
  await checkScreens({ browser, email: people.owner, screens });
});

test('every screen of invoices and payment is accessible in both themes and widths', async ({ browser }) => {
  const billing = `/${data.slug}/billing`;
  const screens: Screens = {
    invoices: `${billing}/invoices`,
    'invoices-upcoming': `${billing}/invoices?status=upcoming`,
    invoice: `${billing}/invoices/${data.invoiceId}`,
    'invoice-line': `${billing}/invoices/${data.invoiceId}/lines/${data.lineId}`,
    'billing-details': `${billing}/details`,
    'usage-proof': `${billing}/usage?tab=proof`,
    'usage-custom': `${billing}/usage?range=custom&from=2026-01-01&to=2026-01-31`,
    'payment-methods': `${billing}/payment`,
    activity: `${billing}/activity`,
    checkout: `/checkout/start?organization=${data.slug}&family=agency&plan=agency`,
  };
  await checkScreens({ browser, email: people.owner, screens });
});

test('every settings screen of an owner is accessible in both themes and widths', async ({ browser }) => {
  const screens: Screens = {
    settings: `/${data.slug}/settings`,
    members: `/${data.slug}/settings/members`,
    keys: `/${data.slug}/settings/keys`,
    webhooks: `/${data.slug}/settings/webhooks`,
    webhook: `/${data.slug}/settings/webhooks/${data.webhookId}`,
    voice: `/${data.slug}/settings/voice`,
    onboarding: '/onboarding',
  };
  await checkScreens({ browser, email: people.owner, screens });
});

test('every screen of staff is accessible in both themes and widths', async ({ browser }) => {
  const organization = `/admin/orgs/${data.slug}`;
  const screens: Screens = {
    'admin-home': '/admin',
    'admin-organizations': '/admin/orgs',
    'admin-new-organization': '/admin/orgs?add=1',
    'admin-organization': organization,
    'admin-subscription': `${organization}?tab=subscription`,
    'admin-limits': `${organization}?tab=limits`,
    'admin-invoices': `${organization}?tab=invoices`,
    'admin-decisions': `${organization}?tab=decisions`,
    'admin-revenue': '/admin/revenue',
    'admin-cases': '/admin/cases',
    'admin-case': `/admin/cases?open=${data.caseId}`,
  };
  await checkScreens({ browser, email: people.staff, screens });
});

test('every screen of operations is accessible in both themes and widths', async ({ browser }) => {
  const screens: Screens = {
    'admin-catalog': '/admin/catalog',
    'admin-flags': '/admin/flags',
    'admin-flag': `/admin/flags/${data.flag}?org=${data.slug}`,
    'admin-events': '/admin/events',
    'admin-event': `/admin/events/${data.inboundEventId}`,
    'admin-health': '/admin/health',
    'admin-audit': '/admin/audit',
    'admin-messages': '/admin/messages',
    'admin-drift': '/admin/drift',
    'admin-emails': '/admin/emails',
    'admin-webhooks': '/admin/webhooks',
  };
  await checkScreens({ browser, email: people.staff, screens });
});

test('a new organization sees what to do first instead of empty tables', async ({ browser }) => {
  const billing = `/${data.emptySlug}/billing`;
  const screens: Screens = {
    'overview-empty': billing,
    'usage-empty': `${billing}/usage`,
    'seats-empty': `${billing}/seats`,
    'clients-empty': `${billing}/clients`,
    'invoices-empty': `${billing}/invoices`,
    'payment-methods-empty': `${billing}/payment`,
  };
  await checkScreens({ browser, email: people.newcomer, screens });
});

test('a member sees usage, no amounts, and who may act where the member may not', async ({ browser }) => {
  const screens: Screens = {
    'overview-member': `/${data.slug}/billing`,
    'invoices-forbidden': `/${data.slug}/billing/invoices`,
    'admin-forbidden': '/admin',
  };
  await checkScreens({ browser, email: people.member, screens, expectedStatus: 403 });
  const page = await openAs(browser, { email: people.member, width: 1280 });
  await page.goto(`/${data.slug}/billing`);
  await settle(page);
  await expect(page.locator('main')).not.toContainText('$');
  await page.context().close();
});

test('a quote that is slow shows its shape, and one that fails says that nothing was charged', async ({
  browser,
  request,
}) => {
  const page = await openAs(browser, { email: people.owner, width: 1280 });
  const quote = `/${data.slug}/billing/change?family=voice-ops&to=business`;
  try {
    // Every call, or one of the jobs beside may take the only slow one.
    await setApiFaults(request, [{ kind: 'latency', latencyMs: 3000 }]);
    await page.goto(quote);
    // Before it there is the shape of a page whose code is still fetched.
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.mg-skeleton').first()).toBeVisible();
    await checkTheme(page, { name: 'change-plan-loading', theme: 'light', width: 1280 });
    await setApiFaults(request, []);
    await settle(page);
    await setApiFaults(request, [{ kind: 'error_500' }]);
    await page.goto(quote);
    await expect(page.getByRole('button', { name: /Retry/ })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('button', { name: /^Pay/ })).toHaveCount(0);
    await checkTheme(page, { name: 'change-plan-error', theme: 'light', width: 1280 });
    await checkTheme(page, { name: 'change-plan-error', theme: 'dark', width: 1280 });
  } finally {
    await setApiFaults(request, []);
  }
  await page.getByRole('button', { name: /Retry/ }).click();
  await expect(page.getByRole('button', { name: /^Pay \$/ })).toBeVisible();
  await page.context().close();
});

test('staff look at an organization with a frame around it, change nothing, and end where they began', async ({
  browser,
}) => {
  for (const [width, theme] of [
    [1280, 'light'],
    [360, 'dark'],
  ] as const) {
    const page = await openAs(browser, { email: people.staff, width });
    await page.goto(`/admin/orgs/${data.slug}`);
    await page.getByRole('button', { name: 'View as' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('They cannot find an invoice');
    await page.getByRole('button', { name: 'Start viewing' }).click();
    const bar = page.getByRole('region', { name: 'Viewing as an organization' });
    await expect(bar).toContainText('30 min left');
    await settle(page);
    await expect(page).toHaveTitle(/^Viewing: /);
    await checkTheme(page, { name: 'view-as', theme, width });
    await bar.getByRole('button', { name: 'End' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Lighthouse Studio' })).toBeVisible();
    await page.goto(`/${data.slug}/billing`);
    await expect(page).not.toHaveURL(new RegExp(`/${data.slug}/`));
    await page.context().close();
  }
});

test('the keyboard alone leads from signing in to a quote and back, with the focus in sight', async ({
  browser,
}) => {
  const page = await openAs(browser, { width: 1280 });
  await page.goto('/sign-in');
  await tabTo(page, 'E-mail');
  await page.keyboard.type(people.owner);
  await tabTo(page, 'Password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible();
  await settle(page);
  await tabTo(page, 'Voice Ops');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Change to Business' })).toBeVisible();
  await tabTo(page, 'Change to Business');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Pay \$/ })).toBeVisible();
  await tabTo(page, 'Back');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible();
  await page.context().close();
});

test('a failed payment is told on top of every screen, with the way to pay', async ({ browser, request }) => {
  await letPaymentFail(request, data.slug);
  const billing = `/${data.slug}/billing`;
  const screens: Screens = { 'overview-past-due': billing, 'invoices-past-due': `${billing}/invoices` };
  await checkScreens({ browser, email: people.owner, screens });
  const page = await openAs(browser, { email: people.owner, width: 1280 });
  await page.goto(billing);
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText(/failed/);
  await page.context().close();
});

const tabsMax = 60;

/** Presses Tab until the control with this name has the focus, which must be visible all along. */
async function tabTo(page: Page, name: string) {
  for (let pressed = 0; pressed < tabsMax; pressed += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      // After the last control the browser itself has the focus for one press.
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const label =
        element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const isOutlined = outlineStyle !== 'none' && Number.parseInt(outlineWidth, 10) > 0;
      return { label: label?.trim() ?? '', isVisible: isOutlined || boxShadow !== 'none' };
    });
    if (focused === null) continue;
    expect.soft(focused.isVisible, `the focus is visible on “${focused.label}”`).toBe(true);
    if (focused.label.startsWith(name)) return;
  }
  throw new Error(`Tab never reached “${name}”`);
}
