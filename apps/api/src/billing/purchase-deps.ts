import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import type { Container } from '../container.ts';
import { withChangeCrashPoints } from './change-crash-points.ts';

/** Where people write when no sales address is configured: a mailbox that exists on every domain (RFC 2142). */
const defaultMailbox = 'sales@localhost';

type PurchaseParts = Pick<
  Container,
  'unitOfWork' | 'gateway' | 'clock' | 'ids' | 'catalog' | 'publicUrl' | 'env' | 'background'
>;

/** What buying and changing subscriptions needs, taken from the container. */
export function purchaseDeps(container: PurchaseParts): PurchaseDeps {
  const { unitOfWork, gateway, clock, ids, catalog, publicUrl, env, background } = container;
  const publishing = background.publish;
  const salesEmail = env.SALES_EMAIL ?? defaultMailbox;
  const families = [...catalog.values()];
  const guarded = withChangeCrashPoints(gateway);
  return { unitOfWork, gateway: guarded, clock, ids, families, publishing, publicUrl, salesEmail };
}
