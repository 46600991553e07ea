import { defineConfig } from 'vitest/config';

const integration = {
  globalSetup: ['@metergate/testing/global-setup'],
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] } },
      {
        test: { name: 'integration', include: ['src/**/*.itest.ts', 'test/**/*.itest.ts'], ...integration },
      },
      { test: { name: 'engines', include: ['engines/**/*.contract.ts'], ...integration } },
    ],
  },
});
