import { platformOwner, type WebhookDeps, type WebhookUnitOfWork } from '@metergate/core';
import type { Container } from '../container.ts';
import { createEndpointAddresses } from './endpoint-addresses.ts';
import { createSeal, createWebhookSecret } from './seal-secret.ts';

type Parts = Pick<Container, 'env' | 'clock' | 'ids' | 'unitOfWork' | 'platformUnitOfWork'>;

/** What the use-cases of endpoints need. */
export function webhookDeps(parts: Parts): WebhookDeps {
  const { env, clock, ids } = parts;
  const { seal } = createSeal(env.AUTH_SECRET);
  return {
    clock,
    ids,
    unitOfWork: webhookUnitOfWork(parts),
    secrets: { create: createWebhookSecret, seal },
    addresses: createEndpointAddresses(env.TEST_SEAMS),
  };
}

/** As the organization, or as the platform for what belongs to it. */
export function webhookUnitOfWork(
  parts: Pick<Parts, 'unitOfWork' | 'platformUnitOfWork'>,
): WebhookUnitOfWork {
  const { unitOfWork, platformUnitOfWork } = parts;
  return {
    run: (owner, work) =>
      owner === platformOwner ? platformUnitOfWork.run(work) : unitOfWork.run(owner, work),
  };
}
