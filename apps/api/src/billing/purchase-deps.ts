import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import type { Container } from '../container.ts';

/** Where people write when no sales address is configured: a mailbox that exists on every domain (RFC 2142). */
const defaultMailbox = 'sales@localhost';

type PurchaseParts = Pick<
  Container,
  'unitOfWork' | 'gateway' | 'clock' | 'ids' | 'catalog' | 'publicUrl' | 'env'
>;

/** What buying and changing subscriptions needs, taken from the container. */
export function purchaseDeps(container: PurchaseParts): PurchaseDeps {
  const { unitOfWork, gateway, clock, ids, catalog, publicUrl, env } = container;
  const salesEmail = env.SALES_EMAIL ?? defaultMailbox;
  return { unitOfWork, gateway, clock, ids, families: [...catalog.values()], publicUrl, salesEmail };
}
