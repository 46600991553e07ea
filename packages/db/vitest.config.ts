import { defineConfig } from 'vitest/config';

const integration = {
  globalSetup: ['@metergate/testing/global-setup'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      { test: { name: 'integration', include: ['src/**/*.itest.ts'], ...integration } },
      { test: { name: 'engines', include: ['engines/**/*.contract.ts'], ...integration } },
    ],
  },
});
