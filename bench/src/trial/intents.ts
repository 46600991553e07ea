import { randomUUID } from 'node:crypto';
import type { Buyer, StripeStory } from './stripe-story.ts';
import type { Trial } from './trial.ts';

const dayMs = 86_400_000;

/** Leaves one line for the buyer's next invoice in the outbox; `intent` is written on it. */
export async function leaveIntent(
  { database }: Trial,
  { organizationId, customer }: Buyer,
  intent: string,
): Promise<void> {
  const payload = {
    stripeCustomerId: customer,
    stripeSubscriptionId: null,
    stripeInvoiceId: null,
    description: `intent ${intent}`,
    amountMinor: '100',
    currency: 'USD',
    periodStart: new Date(Date.now() - dayMs).toISOString(),
    periodEnd: new Date().toISOString(),
    metadata: { intent },
  };
  await database.owner.query(
    `insert into outbox (organization_id, id, kind, payload, idempotency_key, next_attempt_at)
     values ($1, $2, 'stripe.invoice_item.add', $3, $4, now())`,
    [organizationId, randomUUID(), JSON.stringify(payload), `trial:intent:${intent}`],
  );
}

/** The intents of all lines at Stripe, one entry per line. */
export async function intentsAtStripe(story: StripeStory): Promise<string[]> {
  const intents: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await story.call('GET', 'invoiceitems', {
      limit: 100,
      ...(after && { starting_after: after }),
    });
    for (const { metadata } of page.data) if ('intent' in metadata) intents.push(metadata.intent);
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return intents;
  }
}

/** Messages of the outbox that were not delivered. */
export function undelivered(trial: Trial): Promise<number> {
  return trial.count(`select count(*) from outbox where status <> 'done'`);
}
