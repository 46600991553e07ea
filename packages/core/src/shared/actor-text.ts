import type { Actor } from './actor.ts';
import { toPublicId } from './ids.ts';

/** How people read who did something. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case 'member':
      return actor.email;
    case 'staff':
      return `${actor.email} (staff)`;
    case 'api_key':
      return `API key ${toPublicId('apiKey', actor.keyId)}`;
    case 'job':
      return `job ${actor.name}`;
    case 'stripe_event':
      return `Stripe event ${actor.eventId}`;
  }
}
