import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { environment } from './tests/env.ts';
import { dataFolder, emulatorPort, port, projectRoot, publicUrl } from './tests/instance.ts';

const chromium = environment.E2E_CHROMIUM;

/** One whole Metergate of its own, started by the same command a newcomer uses. */
export default defineConfig({
  testDir: './tests',
  testMatch: '**/*.e2e.ts',
  outputDir: './artefacts/results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  // The screens come last: they move the clock a month on to see a payment fail.
  projects: [
    { name: 'journeys', testIgnore: 'every-screen.e2e.ts' },
    { name: 'screens', testMatch: 'every-screen.e2e.ts' },
  ],
  use: {
    baseURL: publicUrl,
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    // What happened and what the page was, but no film: without a graphics card each picture is drawn by the processor.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      args: ['--no-sandbox'],
      ...(chromium === undefined || chromium === '' ? {} : { executablePath: chromium }),
    },
  },
  webServer: {
    command: `node ${join(projectRoot, 'scripts/run.mjs')} start`,
    cwd: projectRoot,
    url: `${publicUrl}/readyz`,
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    env: {
      PORT: String(port),
      STRIPE_EMULATOR_PORT: String(emulatorPort),
      DATA_DIR: dataFolder,
      DEMO: '0',
      TEST_SEAMS: '1',
      RATE_LIMIT_SIGN_IN: '1000/60/1',
      RATE_LIMIT_SESSION: '100000/60/1',
      RATE_LIMIT_CHECKOUT: '1000/60/1',
    },
  },
});
