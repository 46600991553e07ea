import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '**/.cache/**', 'e2e/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/**/*.test.{ts,tsx}', '{catalogs,scripts,bench}/**/*.test.ts'],
          exclude,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,apps}/*/**/*.itest.ts', 'packages/stripe-emulator/contract/**/*.contract.ts'],
          exclude,
          globalSetup: 'packages/testing/src/global-setup.ts',
          // Each worker has a database of its own in the one server that the set-up starts.
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
