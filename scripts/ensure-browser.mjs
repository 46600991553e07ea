// Finds, or as a last resort installs, a Chromium that Playwright can drive. Run alone it prints the path.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './bootstrap/project-root.mjs';

const resolveFromE2e = createRequire(join(projectRoot, 'e2e/package.json'));
const INSTALL_MS_MAX = 300_000;
const PROBE_MS_MAX = 20_000;

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The path of a browser that was seen to open a page, or null when Playwright's own build is there. The order puts
 * what needs neither network nor administrator rights first.
 *
 * @returns {Promise<string | null>}
 */
export async function ensureBrowser() {
  if (process.env.E2E_CHROMIUM) return process.env.E2E_CHROMIUM;
  const ownBuild = resolveFromE2e('@playwright/test').chromium.executablePath();
  if (existsSync(ownBuild)) return null;
  const fromPackage = await unpackFromPackage();
  if (fromPackage !== null && (await opensPageWithSomeFonts(fromPackage))) return fromPackage;
  const fromSystem = await findInSystem();
  if (fromSystem !== null) return fromSystem;
  process.stderr.write('No browser here starts; installing one.\n');
  if (await installWithPlaywright()) return null;
  if (await installWithApt()) return findInSystem();
  throw new Error('There is no browser for the tests. Install Chromium and set E2E_CHROMIUM to its path.');
}

/** Chromium inside an npm package, with the libraries it needs; there is one for Linux on x64 only. */
async function unpackFromPackage() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = join(projectRoot, '.cache/chromium');
  mkdirSync(folder, { recursive: true });
  // The package unpacks into TMPDIR, and its own libraries only when it believes to be in this environment.
  const before = { TMPDIR: process.env.TMPDIR, AWS_LAMBDA_JS_RUNTIME: process.env.AWS_LAMBDA_JS_RUNTIME };
  Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' });
  try {
    const module = await import(pathToFileURL(resolveFromE2e.resolve('@sparticuz/chromium')).href);
    return await module.default.executablePath();
  } catch (error) {
    process.stderr.write(`The packaged Chromium cannot be unpacked: ${error}\n`);
    return null;
  } finally {
    restoreEnvironment(before);
  }
}

function restoreEnvironment(before) {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/**
 * The package brings one font and points fontconfig at it; a character that the font lacks then ends the browser. The
 * machine's own fonts come first, so, where it has any.
 */
async function opensPageWithSomeFonts(executablePath) {
  const packaged = { FONTCONFIG_PATH: process.env.FONTCONFIG_PATH };
  if (existsSync('/etc/fonts/fonts.conf')) {
    delete process.env.FONTCONFIG_PATH;
    if (await opensPage(executablePath)) return true;
    restoreEnvironment(packaged);
  }
  return opensPage(executablePath);
}

async function opensPage(executablePath) {
  const { chromium } = resolveFromE2e('@playwright/test');
  try {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: PROBE_MS_MAX });
    try {
      const page = await browser.newPage();
      // Arrows, signs and scripts that a single font does not have: painting them must not end the browser.
      await page.setContent('<p style="font-family: system-ui, sans-serif">ready → ✓ ▲ é 漢字 🙂</p>');
      await page.screenshot();
      return (await page.textContent('p'))?.startsWith('ready') === true;
    } finally {
      await browser.close();
    }
  } catch (error) {
    process.stderr.write(`${executablePath} does not start: ${String(error).split('\n')[0]}\n`);
    return false;
  }
}

async function findInSystem() {
  for (const path of systemBrowsers) {
    if (existsSync(path) && (await opensPage(path))) return path;
  }
  return null;
}

function installWithPlaywright() {
  const cli = join(dirname(resolveFromE2e.resolve('@playwright/test/package.json')), 'cli.js');
  return succeeds(process.execPath, [cli, 'install', 'chromium']);
}

async function installWithApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  if (!(await succeeds('apt-get', ['update', '-qq']))) return false;
  return succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

function succeeds(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], timeout: INSTALL_MS_MAX });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

if (process.argv[1] === import.meta.filename) console.log((await ensureBrowser()) ?? "Playwright's own");
