import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { type Container, createContainer } from '../../src/container.ts';
import { parseEnvironment } from '../../src/env.ts';
import { startServer } from '../../src/http/server.ts';
import type { TestApi } from '../start-test-api.ts';

/** Another process would do the same: its own pools, caches and queues on the same database. */
export async function startSecondInstance(
  api: TestApi,
  settings: Readonly<Record<string, string>> = {},
  families?: readonly ProductFamily[],
): Promise<{ url: string; container: Container; stop: () => Promise<void> }> {
  const env = parseEnvironment({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    AUTH_SECRET: 'a secret that only tests know, 32+ characters',
    STRIPE_SECRET_KEY: 'sk_test_emulator',
    STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
    ...settings,
    ...(api.db.urls === undefined
      ? { DATABASE_URL: api.db.ownerUrl }
      : { DATABASE_ROLE_URLS: JSON.stringify(api.db.urls) }),
  });
  const container = createContainer(env, {}, families);
  const { port } = await startServer(container);
  return { url: `http://127.0.0.1:${port}`, container, stop: () => container.lifecycle.stop() };
}
