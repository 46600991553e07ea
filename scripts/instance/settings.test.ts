import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('without any setting the embedded database, the emulator and the demo are used', () => {
  expect(readSettings({})).toMatchObject({
    port: 4000,
    emulatorPort: 4010,
    databaseUrl: null,
    usesEmulator: true,
    wantsDemo: true,
  });
});

test('an empty value counts as absent', () => {
  expect(readSettings({ PORT: '', DATABASE_URL: '', STRIPE_SECRET_KEY: '' })).toMatchObject({
    port: 4000,
    databaseUrl: null,
    usesEmulator: true,
  });
});

test('the demo never starts with live keys, and with test keys only when asked for', () => {
  const live = ['sk', 'live', 'x'].join('_');
  expect(readSettings({ STRIPE_SECRET_KEY: live, DEMO: '1' }).wantsDemo).toBe(false);
  expect(readSettings({ STRIPE_SECRET_KEY: 'sk_test_x' }).wantsDemo).toBe(false);
  expect(readSettings({ STRIPE_SECRET_KEY: 'sk_test_x', DEMO: '1' }).wantsDemo).toBe(true);
});

test.each(['0', '65536', 'web', '40.5'])(
  'PORT=%s is refused with one line that names the variable',
  (port) => {
    expect(() => readSettings({ PORT: port })).toThrow(/^PORT=.* is not a port\./);
  },
);
