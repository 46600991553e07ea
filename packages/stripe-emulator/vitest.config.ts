import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './test/ensure-schema.ts',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'contract/**/*.contract.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
