import react from '@vitejs/plugin-react';
import type { PluginOption } from 'vite';
import { defineConfig } from 'vitest/config';

const apiOrigin = 'http://127.0.0.1:4000';

export default defineConfig(async ({ mode }) => {
  const isDouble = mode === 'double';
  const plugins: PluginOption[] = [react()];
  if (isDouble) plugins.push((await import('./dev/double-plugin.ts')).doubleOfTheApi());
  const proxy = isDouble ? {} : { '/trpc': apiOrigin, '/api': apiOrigin, '/v1': apiOrigin };
  return {
    plugins,
    server: { host: '127.0.0.1', proxy },
    preview: { host: '127.0.0.1' },
    build: {
      target: 'es2022',
      modulePreload: { polyfill: false },
      // Inlined assets would be data: URLs, which the content security policy does not allow.
      assetsInlineLimit: 0,
      rolldownOptions: {
        // Core's money files also define request schemas; unused ones must not bring zod along.
        treeshake: { manualPureFunctions: ['z'] },
      },
    },
    test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
  };
});
