import { Router } from 'express';

/** One thing that must work before traffic is welcome. */
export interface ReadinessCheck {
  name: string;
  /** Resolves to true when it works; throwing and taking too long count as false. */
  isReady(): Promise<boolean>;
}

const CHECK_MS_MAX = 2000;

/** `/healthz`: the process lives. `/readyz`: everything behind it answers, and it is not shutting down. */
export function createHealthRouter(options: {
  checks: readonly ReadinessCheck[];
  isDraining: () => boolean;
}): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const results = await Promise.all(
      options.checks.map(async (check) => [check.name, await withinTime(check)] satisfies [string, boolean]),
    );
    const isReady = !options.isDraining() && results.every(([, ready]) => ready);
    response.setHeader('Cache-Control', 'no-store');
    if (!isReady) response.setHeader('Retry-After', '2');
    response.status(isReady ? 200 : 503).json({
      status: options.isDraining() ? 'draining' : isReady ? 'ready' : 'not_ready',
      checks: Object.fromEntries(results),
    });
  });
  return router;
}

async function withinTime(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS_MAX);
  });
  try {
    return await Promise.race([check.isReady(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
