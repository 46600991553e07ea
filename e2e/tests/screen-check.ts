import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, expect, type Page } from '@playwright/test';
import { environment } from './env.ts';
import { publicUrl, screenshotFolder } from './instance.ts';
import { password } from './people.ts';

export type Screens = Readonly<Record<string, string>>;

type Theme = 'light' | 'dark';

/**
 * One look at a wide light screen and one at a narrow dark one; `E2E_EVERY_VARIANT=1` takes all four, where the
 * second theme of a page is held to the rules that a theme can break.
 */
const variants: readonly (readonly [width: number, themes: readonly Theme[]])[] =
  environment.E2E_EVERY_VARIANT === '1'
    ? [
        [1280, ['light', 'dark']],
        [360, ['dark', 'light']],
      ]
    : [
        [1280, ['light']],
        [360, ['dark']],
      ];
const colorRules = ['color-contrast', 'link-in-text-block'];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Visit {
  browser: Browser;
  /** Nobody signs in when absent. */
  email?: string | undefined;
  screens: Screens;
  /** Refusals of the API that the screens provoke on purpose; the browser writes a line for each of them. */
  expectedStatus?: number | undefined;
}

/** Every screen in both themes and widths: no error, no sideways scroll, accessible, one title; kept as pictures. */
export async function checkScreens({ browser, email, screens, expectedStatus }: Visit) {
  // Side by side, in a browser window each: what takes long is the waiting.
  await Promise.all(
    variants.map((variant) => checkVariant({ browser, email, screens, expectedStatus }, variant)),
  );
}

async function checkVariant(
  { browser, email, screens, expectedStatus }: Visit,
  [width, shownThemes]: (typeof variants)[number],
) {
  const page = await openAs(browser, { email, width });
  const errors = collectErrors(page, expectedStatus);
  for (const [name, path] of Object.entries(screens)) {
    await page.emulateMedia({ colorScheme: shownThemes[0] ?? 'light', reducedMotion: 'reduce' });
    await page.goto(path);
    await settle(page);
    for (const [index, theme] of shownThemes.entries()) {
      await checkTheme(page, { name, theme, width, isSecond: index > 0 });
    }
    expect.soft(errors.splice(0), `${name} at ${width}: errors in the console`).toEqual([]);
  }
  await page.context().close();
}

interface Look {
  name: string;
  theme: Theme;
  width: number;
  /** The same page in the other theme: only colors differ. */
  isSecond?: boolean;
}

export async function checkTheme(page: Page, { name, theme, width, isSecond = false }: Look) {
  const what = `${name}, ${theme}, ${width}`;
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
  await page.screenshot({ path: join(screenshotFolder, `${name}-${theme}-${width}.png`), fullPage: true });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(sideways, `${what}: scrolls sideways`).toBeLessThanOrEqual(0);
  const axe = new AxeBuilder({ page });
  const { violations } = await (isSecond ? axe.withRules(colorRules) : axe.withTags(rules)).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`);
  expect.soft(found, `${what}: accessibility`).toEqual([]);
  expect.soft(await page.locator('h1').count(), `${what}: one main heading`).toBe(1);
  expect.soft(await page.title(), `${what}: title`).toMatch(/\S.*Console$/);
}

export async function openAs(
  browser: Browser,
  { email, width }: { email?: string | undefined; width: number },
) {
  const context = await browser.newContext({
    baseURL: publicUrl,
    viewport: { width, height: width < 768 ? 780 : 860 },
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  if (email !== undefined) {
    const answer = await page.request.post('/api/auth/sign-in/email', {
      data: { email, password },
      headers: { origin: publicUrl },
    });
    expect(answer.ok()).toBe(true);
  }
  return page;
}

/** Shown and done loading: a heading, and nothing grey any more. */
export async function settle(page: Page) {
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('[aria-busy="true"], .mg-skeleton')).toHaveCount(0);
}

function collectErrors(page: Page, expectedStatus: number | undefined): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const isExpected = expectedStatus !== undefined && message.text().includes(`status of ${expectedStatus}`);
    if (!isExpected) errors.push(message.text());
  });
  return errors;
}
