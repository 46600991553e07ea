import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '**/.cache/**', 'e2e/**'];

/** The emulator checks requests and answers against the shapes of the Stripe SDK; made once, offline, in seconds. */
const stripeShapes = 'packages/stripe-emulator/test/ensure-schema.ts';

/** What is waited for comes at once, unless the machine is busy with something else. */
const patient = { poll: { timeout: 10_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/**/*.test.{ts,tsx}', '{catalogs,scripts,bench}/**/*.test.ts'],
          exclude,
          globalSetup: stripeShapes,
          expect: patient,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,apps}/*/**/*.itest.ts', 'packages/stripe-emulator/contract/**/*.contract.ts'],
          exclude,
          globalSetup: ['packages/testing/src/global-setup.ts', stripeShapes],
          // Each worker has a database of its own in the one server that the set-up starts.
          // Tests wait more than they compute. Modules are loaded once for each worker: nothing of ours keeps state in one.
          maxWorkers: 3,
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: patient,
        },
      },
      {
        // Needs engines that the project does not install; `npm run test:engines` looks for them.
        test: {
          name: 'engines',
          include: ['{packages,apps}/*/engines/**/*.contract.ts'],
          exclude,
          globalSetup: ['packages/testing/src/global-setup.ts', stripeShapes],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: patient,
        },
      },
    ],
  },
});
