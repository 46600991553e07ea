import {
  notFound,
  type Page,
  platformOwner,
  requirePublicId,
  toDeliveryView,
  toEndpointView,
  type WebhookOwner,
} from '@metergate/core';
import type {
  DeliveryView,
  deliveryDetailSchema,
  EndpointView,
  listDeliveriesSchema,
} from '@metergate/core/webhooks/webhooks.schemas';
import type { PlatformTx, Tx } from '@metergate/db';
import type { z } from 'zod';
import type { Container } from '../container.ts';

type ReadingTx = Pick<Tx & PlatformTx, 'webhookEndpoints' | 'webhookDeliveries' | 'webhookDeliveryList'>;
type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

/** What people see of endpoints and deliveries; `owner` is an organization or the platform. */
export function webhookReadings(container: Container, owner: WebhookOwner) {
  const { clock, unitOfWork, platformUnitOfWork } = container;
  const read = <T>(work: (tx: ReadingTx) => Promise<T>): Promise<T> =>
    owner === platformOwner ? platformUnitOfWork.run(work) : unitOfWork.run(owner, work);
  return {
    async list(): Promise<EndpointView[]> {
      const endpoints = await read((tx) => tx.webhookEndpoints.list(owner));
      return endpoints.map((endpoint) => toEndpointView(endpoint, clock.now()));
    },
    async get(endpointId: string): Promise<EndpointView> {
      const id = requirePublicId('webhookEndpoint', endpointId);
      const endpoint = await read((tx) => tx.webhookEndpoints.find(owner, id));
      if (endpoint === undefined) throw notFound('webhook endpoint');
      return toEndpointView(endpoint, clock.now());
    },
    async deliveries(
      endpointId: string,
      filter: z.output<typeof listDeliveriesSchema>,
    ): Promise<Page<DeliveryView>> {
      const id = requirePublicId('webhookEndpoint', endpointId);
      const page = await read((tx) => tx.webhookDeliveryList.page(owner, id, filter));
      return { items: page.items.map(toDeliveryView), nextCursor: page.nextCursor };
    },
    async delivery(deliveryId: string): Promise<DeliveryDetail> {
      const id = requirePublicId('webhookDelivery', deliveryId);
      return read(async (tx) => {
        const delivery = await tx.webhookDeliveries.find(owner, id);
        if (delivery === undefined) throw notFound('webhook delivery');
        const { body, log } = await tx.webhookDeliveryList.detail(delivery);
        return { ...toDeliveryView(delivery), body, log: log.map(toAttemptView) };
      });
    },
  };
}

function toAttemptView(entry: {
  attempt: number;
  startedAt: Date;
  durationMs: number;
  responseStatus: number | null;
  error: string | null;
}): DeliveryDetail['log'][number] {
  const { attempt, startedAt, durationMs, responseStatus, error } = entry;
  return { attempt, startedAt: startedAt.toISOString(), durationMs, responseStatus, error };
}
