import { subscriptionViewSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import type * as commands from '../../billing/subscription-commands.ts';
import type { Container } from '../../container.ts';
import type { ApiKeyActor, ExampleCall } from './route.ts';

export const base = '/v1/organizations/{org}/billing';
export const org = { org: 'acme' };

/** REST answers carry `actionUrl` only when there is something to do; everything else is the view of the console. */
export const restSubscriptionSchema = subscriptionViewSchema.extend({ queued: z.literal(true).optional() });

/** Amounts are for keys that may read billing; a key of the platform's back end has no buttons. */
export function callerOf(request: {
  container: Container;
  actor: ApiKeyActor;
  organizationId: commands.Caller['organizationId'];
}) {
  const { container, actor, organizationId } = request;
  const mayBuy = actor.scopes.includes('billing:write');
  return { container, actor, organizationId, rights: { seesMoney: true, mayBuy } };
}

/** Example data: a fresh subscription of the organization `acme`. */
export async function withSubscription(call: ExampleCall): Promise<{ params: Record<string, string> }> {
  await endSubscriptions(call);
  const wish = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };
  const subscription = await call('post', '/v1/organizations/acme/billing/subscriptions', wish);
  return { params: { ...org, id: textField(subscription, 'id') } };
}

export async function endSubscriptions(call: ExampleCall): Promise<void> {
  const listed = z
    .object({ items: z.array(z.object({ id: z.string() })) })
    .parse(await call('get', '/v1/organizations/acme/billing/subscriptions'));
  for (const { id } of listed.items) {
    await call('post', `/v1/organizations/acme/billing/subscriptions/${id}/cancel`, { at: 'now' });
  }
}

export function textField(body: unknown, field: string): string {
  return z
    .record(z.string(), z.unknown())
    .transform((record) => String(record[field]))
    .parse(body);
}
