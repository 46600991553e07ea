import { AppError } from '@metergate/core';
import type { CatalogChange } from '@metergate/core/catalog/publish-catalog';
import type { Logger } from '../logging/logger.ts';
import type { Job } from './runner.ts';

/**
 * Publishes the catalogue once at the start, for emulator and demo; against Stripe itself people do it on purpose.
 * While nobody answers it tries again; a contradiction is told once and left to people.
 */
export function createPublishCatalogJob(deps: { publish: () => Promise<CatalogChange[]>; log: Logger }): Job {
  let isDone = false;
  return {
    name: 'publish-catalog',
    async run() {
      if (isDone) return 0;
      try {
        const changes = await deps.publish();
        isDone = true;
        const made = changes.filter(({ action }) => action !== 'keep').length;
        deps.log.info({ made }, 'the catalogue is published');
        return 1;
      } catch (error) {
        if (error instanceof AppError && error.kind === 'unavailable') return 0;
        isDone = true;
        throw error;
      }
    },
  };
}
