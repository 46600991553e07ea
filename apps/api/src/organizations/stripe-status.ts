import type { SessionView } from '@metergate/core/organizations/organizations.schemas';
import type { Container } from '../container.ts';

/** What the console says about Stripe: which one it is, and whether its last calls got through. */
export function stripeStatusOf({ background }: Pick<Container, 'background'>): SessionView['stripe'] {
  return {
    mode: background.stripeMode,
    available: background.gateway.availability() === 'available',
  };
}
